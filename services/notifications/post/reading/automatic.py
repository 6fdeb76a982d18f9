"""Whether a person wrote a mail, or their mailbox by itself: RFC 3834, and what was used before it."""

import re

from services.notifications.post.reading.parsed_mail import ParsedMail

# What mailboxes put before the subject when they answer by themselves, some of them with no other sign
_BY_ITSELF = re.compile(
    r"(?:automatic reply|auto(?:matic)?[- ]?(?:reply|response|responder)|"
    r"out of (?:the )?office(?: autoreply| reply)?|ooo|automatische antwort|autom\. antwort|"
    r"abwesenheits(?:notiz|meldung|nachricht|assistent)|abwesend|abwesenheit|réponse automatique|"
    r"absence du bureau|(?:message|avis|notification) d['’]absence|absente?|respuesta automática|"
    r"fuera de (?:la )?oficina|mensaje de ausencia|ausente|ausencia|automatisch antwoord|risposta automatica|"
    r"odpowiedź automatyczna|resposta automática|autosvar|automatisk svar|automaattinen vastaus|"
    r"automatick[áé]? odpove[dď]ď?|automatick[áé] odpověď|automatikus válasz|automatski odgovor|samodejni odgovor|"
    r"răspuns automat|otomatik yanıt|αυτόματη απάντηση|автоответ|автоматический ответ|автоматична відповідь|"
    r"автоматичен отговор|automatinis atsakymas|automātiskā atbilde|automaatvastus|balasan otomatis|"
    r"trả lời tự động|תשובה אוטומטית|رد تلقائي|自動応答|自動返信|自动答复|自动回复|自動回覆|"
    r"자동 ?(?:회신|응답)|vacation reply)(?:\s*[:：]|$|\s+re\s*:)",
)
# Below it stands the letter that was answered, which may name any day
_QUOTED = re.compile(
    r"^[ \t]*(?:>|[-_]{5,}|-+ ?(?:original message|ursprüngliche nachricht|message d'origine|"
    r"mensaje original)|(?:on|am|le|el) [^\n]{5,120} (?:wrote|schrieb[^\n]{0,60}|a écrit|escribió) ?:)",
    re.I | re.M,
)
_ANSWERS = ("X-Autoreply", "X-Autorespond", "X-Autoresponse", "X-Auto-Reply", "X-Mail-Autoreply")
_AWAY = ("X-Apple-Action", "X-Vacation", "X-Autoreply-Type")


def is_automatic(mail: ParsedMail) -> bool:
    """True when nobody wrote it. What only asks for no automatic answer, or came over a list, may be a person's."""
    submitted = mail.header("Auto-Submitted").casefold()
    if submitted and not submitted.startswith("no"):
        return True
    if mail.header("Precedence").casefold() == "auto_reply" or _BY_ITSELF.match(mail.header("Subject").casefold()):
        return True
    return any(mail.header(name).casefold() not in ("", "no", "false", "0") for name in _ANSWERS) or says_away(mail)


def own_words(mail: ParsedMail) -> str:
    """What a mailbox says itself: neither the subject it answers nor the letter below."""
    subject = mail.header("Subject")
    prefix = _BY_ITSELF.match(subject.casefold())
    return f"{prefix[0] if prefix else subject}\n{_QUOTED.split(mail.words(), maxsplit=1)[0]}"


def says_away(mail: ParsedMail) -> bool:
    """A mailbox that says in a header that its owner is away."""
    return any("vacation" in mail.header(name).casefold() for name in _AWAY)
