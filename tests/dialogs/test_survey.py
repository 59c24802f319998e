"""A survey from data: branching, a repeat, and answers that outlive both."""

from tests.dialogs.door import door
from tests.dialogs.survey import AnswerSurvey, Question, Survey, form

SURVEY = Survey(
    "nursery",
    3,
    (
        Question("visits", "Do you use the nursery?", "choice", ("Yes", "No")),
        Question("child", "How many children?", "number", least=1, most=5, only=("visits", "Yes")),
        Question("age", "How old?", "number", least=0, most=7, each="child"),
        Question("likes", "What do they like?", "ticks", ("Games", "Food"), most=2, each="child"),
        Question("since", "Since what day?", "day", only=("visits", "Yes")),
        Question("why", "Why not?", "words", only=("visits", "No")),
    ),
)
FORM = form(SURVEY)
TWO = (("Yes",), "2", "3", ("Games",), ("done",), "5", ("Food",), ("done",), "31.05.2026")


def test_a_repeat_and_a_branch() -> None:
    d = door(FORM, *TWO)
    assert list(d.s.answers) == [
        "visits",
        "child",
        "child[1].age",
        "child[1].likes",
        "child[2].age",
        "child[2].likes",
        "since",
    ]
    d.press("yes")
    (sent,) = d.done.values()
    assert isinstance(sent, AnswerSurvey) and sent.revision == 3 and ("child[2].age", "5") in sent.answers
    assert d.text == "Thank you."


def test_fewer_children_and_more_again_retype_nothing() -> None:
    d = door(FORM, *TWO)
    for _ in range(6):
        d.press("/back")
    assert d.text == "How many children?" and d.old == "2"
    d.say("1")
    assert d.text == "Answers: 5. Send them?"
    for _ in range(4):
        d.press("/back")
    d.say("2")
    assert d.text == "Answers: 7. Send them?"


def test_the_other_branch() -> None:
    d = door(FORM, ("No",), "Too far", ("yes",))
    assert [getattr(c, "answers", None) for c in d.done.values()] == [(("visits", "No"), ("why", "Too far"))]
