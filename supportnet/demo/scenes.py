"""What stands around the cast in every demo: (title, circle, who asks, fate, day, who helps).

Circles: 0 is Olga's community, 1 Ada's personal circle, 2 the care circle around her family.
"""

STREET, ADAS_PEOPLE, AROUND_ADA = range(3)

SCENES = (
    ("Supper for the Moreau family, Mondays, Wednesdays and Fridays", AROUND_ADA, "ada", "open", 1, "bo"),
    ("A lift to the clinic and back", STREET, "ada", "open", 2, None),
    ("Come with me to the cemetery", ADAS_PEOPLE, "ada", "open", 3, "bo"),
    ("Which papers do I need after a death in the family?", STREET, "ada", "open", 0, None),
    ("Think of us on Thursday at ten", AROUND_ADA, "ada", "open", 4, None),
    ("Put up the handrail on the stairs", STREET, "ada", "past", -6, "bo"),
    ("A slow walk along the river", ADAS_PEOPLE, "ada", "past", -9, "bo"),
    ("Mow the lawn before the neighbours write a letter", STREET, "ada", "draft", 5, None),
    ("Change the tyres, autumn ones to winter ones", STREET, "ada", "cancelled", 3, "bo"),
    ("A haircut at home", STREET, "ada", "closed", 4, None),
    ("Fetch the twins from kindergarten", STREET, None, "open", 1, None),
    ("Fill in the housing form with me", STREET, None, "open", 2, None),
    ("Six pairs of hands on moving day", STREET, None, "open", 5, "bo"),
    ("Walk Bruno in the morning", STREET, None, "open", 2, "bo"),
    ("How did you choose a care home for your mother?", STREET, None, "open", 0, "bo"),
    ("Carry the winter wood into the shed", STREET, None, "open", 6, None),
    ("Round the lake with the pram", STREET, None, "open", 2, None),
)
