"""What a finding is about, and what to write instead, in the languages people are advised in."""

from collections.abc import Mapping
from enum import StrEnum


class Code(StrEnum):
    """What a finding is about. Stable: others store and compare them."""

    SCORE = "score"
    RANK = "rank"
    COMPARISON = "comparison"
    NAME = "name"
    CULTURE_FIT = "culture_fit"
    CHARACTER = "character"
    PROTECTED = "protected"
    PROMISE = "promise"


ADVICE: Mapping[str, Mapping[Code, str]] = {
    "en": {
        Code.SCORE: "Leave numbers and grades out: say what you saw.",
        Code.RANK: "Leave places and shortlists out: say what this person did.",
        Code.COMPARISON: "Speak of this person alone, not of others.",
        Code.NAME: "Leave other people's names out.",
        Code.CULTURE_FIT: "“Fit” says nothing a reader can use: say what was seen in the work.",
        Code.CHARACTER: "Describe what was done or said, not what somebody is like.",
        Code.PROTECTED: "Leave age, origin, health, family, belief and looks out: they have no place here.",
        Code.PROMISE: "Promise nothing: a later decision may be another one.",
    },
    "de": {
        Code.SCORE: "Lassen Sie Zahlen und Noten weg: Sagen Sie, was Sie gesehen haben.",
        Code.RANK: "Lassen Sie Plätze und Auswahllisten weg: Sagen Sie, was diese Person getan hat.",
        Code.COMPARISON: "Sprechen Sie nur von dieser Person, nicht von anderen.",
        Code.NAME: "Lassen Sie Namen anderer Menschen weg.",
        Code.CULTURE_FIT: "„Passt“ hilft niemandem weiter: Sagen Sie, was in der Arbeit zu sehen war.",
        Code.CHARACTER: "Beschreiben Sie, was getan oder gesagt wurde, nicht, wie jemand ist.",
        Code.PROTECTED: "Alter, Herkunft, Gesundheit, Familie, Glauben und Aussehen gehören nicht hierher.",
        Code.PROMISE: "Versprechen Sie nichts: Später kann anders entschieden werden.",
    },
    "fr": {
        Code.SCORE: "Laissez de côté les chiffres et les notes\u202f: dites ce que vous avez vu.",
        Code.RANK: "Laissez de côté les rangs et les présélections\u202f: dites ce que cette personne a fait.",
        Code.COMPARISON: "Parlez de cette personne seulement, pas des autres.",
        Code.NAME: "Laissez de côté les noms d’autres personnes.",
        Code.CULTURE_FIT: "«\u202fCorrespondre\u202f» n’aide en rien\u202f: dites ce qui s’est vu dans le travail.",
        Code.CHARACTER: "Décrivez ce qui a été fait ou dit, pas comment est la personne.",
        Code.PROTECTED: "Âge, origine, santé, famille, croyance et apparence n’ont pas leur place ici.",
        Code.PROMISE: "Ne promettez rien\u202f: une décision ultérieure peut être différente.",
    },
    "es": {
        Code.SCORE: "Deje fuera números y notas: diga lo que vio.",
        Code.RANK: "Deje fuera puestos y listas de finalistas: diga lo que hizo esta persona.",
        Code.COMPARISON: "Hable solo de esta persona, no de otras.",
        Code.NAME: "Deje fuera los nombres de otras personas.",
        Code.CULTURE_FIT: "«Encajar» no dice nada útil: diga lo que se vio en el trabajo.",
        Code.CHARACTER: "Describa lo que se hizo o se dijo, no cómo es la persona.",
        Code.PROTECTED: "La edad, el origen, la salud, la familia, las creencias y el aspecto no tienen lugar aquí.",
        Code.PROMISE: "No prometa nada: una decisión posterior puede ser otra.",
    },
}
