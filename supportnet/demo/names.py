"""What people, circles and places in the demo are called.

Each culture: language, given names, family names; "as written:in Latin letters" where the two differ.
"""

CULTURES = (
    (
        "en",
        "Grace Tom Edith Hugh Marlene Owen Ruth Callum Joyce Neil",
        "Whitfield Barker Okafor Quinn Hargreaves Lowe Adeyemi Prentice",
    ),
    (
        "de",
        "Hannelore Jonas Friederike Matthis Ilse Torben Anke Lukas",
        "Brandt Vogel Lindner Seidel Krämer Weiß Albrecht",
    ),
    (
        "es",
        "Lucía Mateo Rosario Joaquín Inés Álvaro Pilar Emilio",
        "Serrano Ibáñez Quiroga Molina Peña Villalba Robledo",
    ),
    (
        "ar",
        "سميرة:Samira يوسف:Yusuf ليلى:Layla خالد:Khalid نور:Nour مريم:Maryam طارق:Tariq هالة:Hala",
        "حداد:Haddad النجار:Najjar خوري:Khoury منصور:Mansour الزيات:Zayyat",
    ),
    ("en", "נועה:Noa אלון:Alon תמר:Tamar יונתן:Yonatan", "לוי:Levi אברמוב:Abramov ברק:Barak"),
    ("en", "Ngozi Chidi Amina Kwame Abena Thabo", "Eze Mensah Dlamini Bello Osei"),
    ("en", "Meera Arjun Lakshmi Sanjay Farida Imran", "Iyer Banerjee Pillai Qureshi Thapa"),
    ("en", "千晶:Chiaki 健:Ken 美和:Miwa 秀樹:Hideki", "小川:Ogawa 中村:Nakamura 森:Mori"),
    ("en", "Maëlle Benoît Solène Yann Odile", "Legoff Moreau Tessier Caradec"),
    ("en", "Zofia Marek Halina Piotr Oksana Taras", "Wójcik Zielińska Kowal Shevchuk"),
)

AREAS = (
    "Old town",
    "Mill Lane",
    "Harbour side",
    "Lindenau",
    "Vila Serena",
    "حي الزيتون",
    "Chapel Hill",
    "Am Weiher",
    "La Huerta",
    "Station quarter",
)

STREETS = (
    "Lime Street",
    "Mill Lane",
    "Kirchgasse",
    "Calle del Olmo",
    "شارع الزيتون",
    "Rope Walk",
    "Chapel Hill",
    "Am Weiher",
    "Bridge Row",
    "Orchard Close",
)

WAYS_IN = (
    "Second bell from the top. The gate sticks, push hard.",
    "Round the back, past the bicycles. The dog barks and is friendly.",
    "Ground floor left. Please mind the pram in the hall.",
    "A cool box stands beside the door.",
    "Third floor, there is a lift behind the stairs.",
    "",
    "",
)

COMMUNITIES = (
    ("Lime Street neighbours", "Four streets between the church and the river. We lend ladders and hands."),
    ("Harbour side and Rope Walk", "Neighbours by the water who look in on one another."),
    ("Parish of St Anne", "Whoever comes through the door, and whoever cannot come just now."),
    ("جيران حي الزيتون", "نساعد بعضنا بعضًا في الحي، خطوة خطوة."),
    ("Nachbarschaft Am Weiher", "Wir helfen einander: mit Suppe, mit Zeit, mit dem Anhänger."),
    ("Vecinas de La Huerta", "Nos cuidamos entre vecinas y vecinos."),
    ("Tuesday parents", "Parents of the kindergarten on Chapel Hill."),
    ("After the loss", "A small group that meets on first Thursdays and writes in between."),
)

# What Olga's street asks of joiners, what they say, and how it checks a helper.
QUESTIONS = ("Where do you live, roughly?", "Who knows you here?")
ANSWERS = (
    ("Above the bakery, since March.", "Bo, we share a garden fence."),
    ("By the river, on the far side of the bridge.", "Nobody yet. I would like to change that."),
)
HOW_CHECKED = "A talk, two people who vouch for them, and the first visit together."

CARE = (
    "Around {name}",
    "Freundeskreis {name}",
    "Con {name}",
    "Friends of {name}",
    "مع {name}",
)

PERSONAL = ("{name}'s people", "Close to {name}", "{name} and friends")

KNOWN_FROM = ("from the choir", "from the allotments", "from school", "we are cousins", "from next door")
