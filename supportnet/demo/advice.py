"""What people in the demo would like to know, and what others answer."""

from .ask import Ask


def question(title, would_help, tags, *answers, **more):
    """An informational ask without a date."""
    return Ask("question", title, would_help, tags=tags, answers=answers, timing="none", **more)


ASKS = (
    question(
        "How did you choose a care home for your mother?",
        "What did you look at on the visit, and what would you ask today?",
        "care home, parents",
        "Go at lunchtime, unannounced, and look at who helps with the eating.",
        "Ask how long the people who work there have been there. It told us more than the brochure.",
        "We made a list of five things she would miss most and asked about those only.",
    ),
    question(
        "Which papers do I need after a death in the family?",
        "The order would help most: what first, what can wait.",
        "papers, bereavement",
        "Ask the registry for eight copies at once. Everybody wants an original.",
        "The bank can wait a week. The pension office can't.",
        importance="need",
    ),
    question(
        "A calm driving teacher for somebody past fifty?",
        "Somebody who explains twice and does not sigh.",
        "driving",
        "Mrs Lowe in Bridge Row. She taught my uncle, and he is no easy pupil.",
    ),
    question(
        "How do you tell a six-year-old that we are separating?",
        "Sentences that worked with your children.",
        "separation, children",
        "We said it together, on a Saturday morning, and then went swimming as planned.",
        "Mine asked about the hamster first. Have an answer for the hamster.",
    ),
    question(
        "What helps a newborn and a jealous big brother?",
        "Small things for the afternoon when both cry.",
        "new baby",
        "A job with a title. Ours was Minister of Nappies.",
        "Ten minutes with him alone, with the clock in sight, every single day.",
    ),
    question(
        "Who repairs wheelchairs without a six-week wait?",
        "A workshop within an hour's drive.",
        "wheelchair, repairs",
        "The bicycle shop at the station does brakes and tyres the same day.",
    ),
    question(
        "Applying for the carer's allowance: where did you get stuck?",
        "Page four asks for hours a week, and I have no idea how to count nights.",
        "paperwork, caring",
        "Keep a diary for two weeks and attach it. Nobody argued with the diary.",
    ),
    question(
        "Looking for work at fifty-eight: what is worth the time?",
        "What you would do in the first month, and what you would leave out.",
        "job loss",
        "Tell thirty people, in person. That was worth more than eighty letters.",
        "The Thursday group in the library. Half of it is tea, and that half helps too.",
    ),
    question(
        "Wie habt ihr den Umzug der Eltern ins Erdgeschoss gemacht?",
        "Was zuerst ausräumen, wer half beim Entscheiden?",
        "Umzug, Eltern",
        "Mit Fotos. Wir haben jedes Zimmer fotografiert, dann fiel das Weggeben leichter.",
    ),
    question(
        "¿Qué abogada de familia explica las cosas con calma?",
        "Busco a alguien que hable claro y no tenga prisa.",
        "separación",
        "La señora Villalba. La primera consulta no cuesta nada.",
    ),
    question(
        "كيف أسجّل ابنتي في المدرسة الجديدة وسط العام؟",
        "ما الأوراق المطلوبة ومن أسأل أولًا؟",
        "مدرسة, انتقال",
        "اسألي عن الآنسة كوان في مكتب المدرسة، فهي تعرف كل ورقة.",
    ),
    question(
        "Sleeping again after nights of caring for someone",
        "What helped you to fall asleep once it was quiet at last?",
        "caring for someone, sleep",
        "I kept the radio on, very low, for the first month.",
        "Somebody else had the telephone. That was all it needed.",
    ),
    question(
        "Soft food that still tastes of something?",
        "For three weeks of not chewing. We are tired of soup.",
        "food",
        "Polenta with a lot of butter and cheese. Then mangoes.",
        importance="nice",
    ),
)
