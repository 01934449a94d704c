"""What people said, on one line."""


def in_words(answers):
    """Questions and their answers one after the other: "Where do you live? By the river · Who knows you? Bo"."""
    return " · ".join(f"{question} {answer}" for question, answer in answers)
