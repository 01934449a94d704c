"""Small things that people in the demo say to one another."""

THANKS = (
    "You have no idea what that evening meant to us. Thank you.",
    "The children asked whether you come again. So do I.",
    "It was still warm. We ate in silence and then we laughed. Thank you.",
    "I slept that night. Thank you for the walk.",
    "The rail holds, and so do I, a little better.",
    "Danke, das war genau richtig.",
    "Gracias por no preguntar nada.",
    "شكرًا من القلب.",
    "You made a hard day ordinary. That was the gift.",
)
CLOSED_BECAUSE = ("We are all right now.", "Answered, thank you.", "It has sorted itself out.", "")
CANCELLED_BECAUSE = (
    "The appointment was moved.",
    "We are away after all.",
    "My brother comes instead. Thank you all the same.",
)
GAVE_BACK_BECAUSE = ("My car is at the garage.", "I have a cold and would rather keep it to myself.", "")
