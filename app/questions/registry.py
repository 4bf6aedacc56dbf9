"""Every kind of question, by what `kind` says in `quiz.toml`.

A kind is one folder `app/questions/NAME/` and its line here. In the folder:

| file | what it is |
|---|---|
| `schema.py` | its form in `quiz.toml`: a subclass of `Question` |
| `grading.py` | an answer judged, and what is kept of it |
| `lint.py` | signs that such a question can be guessed |
| `view.py` | what a learner is shown, and what a client is offered |
| `question.html` | its fields in the form, and the answer in the solution |
| `question.js` | its fields by single keys |
| `question.css` | their look, and that of the answer; its selectors begin with `.NAME` |
| `kind.py` | all of these as one `Kind` |
"""

from __future__ import annotations

from app.questions.choice.kind import CHOICE
from app.questions.kind import Kinds

KINDS: Kinds = {
    **dict.fromkeys(("single", "several"), CHOICE),
}
