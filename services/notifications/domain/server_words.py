"""Families of words in which mail servers say why they did not take a letter. Matched against case-folded text."""

import re


def _any(*phrases: str) -> re.Pattern[str]:
    return re.compile("|".join(phrases))


_GAP = r"[^.;\n]{0,60}?"
_SOMEBODY = (
    r"(?:users?|user ?names?|mailbox(?:es)?|mail ?box|mbox|box|accounts?|customers?|recipients?|"
    r"address(?:es|ees?)?|persons?|people|subscribers?|maildrop|inbox|local[- ]?part|alias|members?|"
    r"destinataires?|adresses?|compte|utilisateurs?|bo[iî]te|destinatarios?|usuarios?|buz[oó]n|cuenta|"
    r"direcci[oó]n|empf[aä]nger\w*|benutzer\w*|postfach|konto|e?-?mail-?adresse|utente|casella|indirizzo|"
    r"conta|endere[cç]o|usu[aá]rios?|gebruikers?|odbiorc\w*|u[zż]ytkownik\w*)"
)
_SOMEWHERE = (
    r"(?:host ?names?|hosts?|domain(?: ?name)?s?|domaine|dominio|mail exchangers?|mx(?: record| host)?s?|"
    r"mail server name|destination (?:system|server))"
)
_MISSING = (
    r"(?:unknown|not known|not (?:be )?found|(?:not|never|didn't|doesn't|don't) exist\w*|no longer exist\w*|"
    r"inexistent|(?:not|isn't|aren't) listed|(?:not|un) ?recogni[sz]ed|invalid|illegal|non-?existent|"
    r"(?:not|isn't) (?:an? )?(?:valid|known)|unavailable|not available|"
    r"no longer (?:on|in|at|available|valid|active|works?|employed|accept\w*|use\w*)|undefined|not defined|"
    r"not local|(?:cannot|can't|can not|could not|couldn't) (?:be )?(?:used|found?|located?|resolved?)|"
    r"(?:not|isn't) (?:an? )?(?:registered|subscribed)|unroute?able|not route?able|undeliverable|not our|"
    r"deleted|removed|terminated|cancell?ed|inconnue?s?|invalides?|introuvables?|n'existe|inexistante?s?|"
    r"desconocid[oa]s?|no existe|inexistente|no v[aá]lid[oa]|inv[aá]lid[oa]|no encontrad[oa]|unbekannt\w*|"
    r"ung[uü]ltig\w*|nicht gefunden|existiert nicht|nicht bekannt|sconosciut[oa]|inesistente|non esiste|"
    r"non trovat[oa]|desconhecid[oa]|n[aã]o existe|no se (?:ha )?encontr\w*|onbekend|nie istnieje|"
    r"bestaat niet|findes ikke|finnes ikke|eksisterer ikke|finns inte|existerar inte|neexistuje|nenalezen\w*|"
    r"nu exist[aă]|nincs ilyen|bad|wrong|incorrect)"
)
_SENDERS = (  # who writes, in other languages
    r"(?:absender\w*|exp[eé]diteur|remitente|remetente|mittente|afzender\w*|avs[aä]ndare\w*|afsender\w*|"
    r"nadawc\w*|odes[ií]latel\w*|отправител\w*|g[oö]nderen\w*)"
)
_ANY_MISSING = rf"(?:{_MISSING}|не найден|не существует|неизвестн|zablokowan|заблокирован)"

OF_THE_SENDER = _any(
    r"in reply to (?:the )?(?:mail from|ehlo|helo|auth)",
    r"after (?:mail from|ehlo|helo|initial connection)",
    r"\[mail_from\]",
    r"did not like our (?:mail from|ehlo|helo|greeting)",
    r"does not like (?:sender|us|me)\b",
    r"refused to talk to me",
    r"\b(?:sender|originator|return path|"
    r"reverse path)(?:'s)?(?: (?:e-?mail|domain|address|host|name|ip))* (?:is |was |has been |must |"
    r"could )?(?:rejected|denied|refused|invalid|not|unknown|verif|does|blocked|be |mismatch|un)",
    r"(?:envelope[- ]sender|domain of sender|sender domain|invalid sender|sender id|sender verif\w*|"
    r"sender callback)",
    r"client host|(?:your|sending|connecting|sender) (?:host|ips?|mta|network|isp|server)\b",
    r"mismatch\w* client",
    r"verif\w*[^.;\n]{0,30}? for (?:the )?sender|verif\w* of your address|sender callout|your domain\b",
    r"(?:bad|unknown|illegal) sender|sending limit",
    r"\byour (?:from|reply-?to|return)\b|"
    r"\b(?:from|reply-to|return-path)\b['\"]?:? (?:address )?(?:header|field|line)|"
    r"\bmails? from (?:un\w+|addresses|users|senders|people|external|outside|hosts?|you)\b",
    rf"{_SENDERS}[^.,;\n]{{0,25}}?{_ANY_MISSING}|{_ANY_MISSING}[^.,;\n]{{0,12}}?{_SENDERS}",
    r"(?:送信者|送信元|差出人|发件人|發件人|寄件者|寄件人|보낸 ?사람|발신자)[^。、，；\n]{0,20}?"
    r"(?:存在|不明|拒|無効|无效|無效|없)",
)
FULL = _any(
    r"quota|over ?limit|storage (?:limit|space)|disk (?:space|full)",
    r"(?:no|insufficient|not enough|out of) (?:\w+ )?(?:disk|space|storage)\b",
    r"(?:mailbox|mail ?folder|inbox|maildir|account|postfach|bo[iî]te|buz[oó]n|casella|user|"
    r"recipient)[^.;\n]{0,40}?(?:\bfull\b|exceed|over ?size|too (?:large|big|much|many (?:messages|mails))|"
    r"satur|llen[oa]|plein|voll\b|piena)",
    r"full mailbox|mail ?file is full|mailfull|over (?:their|its|the|his|her) limit|"
    r"przepe[lł]nion|je pln[aáyý]|\bdolu\b|\b(?:postbus|mailbox)\b[^.;\n]{0,20}?\bvol\b|переполнен|caixa cheia|"
    r"cota excedida|excede\w* (?:la|su|o|a) (?:cuota|cota)|已满|已滿|满了|容量|용량",
    r"exceed\w*[^.;\n]{0,40}?(?:size|storage|allocat|capacity)",
    r"(?:message|mail|content)[^.;\n]{0,20}?too (?:large|big|long)",
    r"(?:maximum|max|fixed|allowed|system)[^.;\n]{0,30}?(?:size|length)\b|size (?:limit|restriction)|"
    r"(?:message|data) (?:length|size)",
)
NOBODY_FOR_SURE = _any(
    r"recipient address rejected: access denied",  # Exchange Online knows the names of its tenants
    r"badrcptto|unable to get mx info[^;\n]{0,80}?no such host",  # qmail, SendGrid
    r"recipnotfound|not accepted -- invalid mailbox|5\.7\.1 no such user\b",
    r"mailbox name (?:is )?(?:not allowed|invalid)",
    r"null ?mx|indicated no smtp service|"
    r"(?:domain|host) (?:does not|doesn't|never) accepts? (?:any )?(?:e-?)?mail",
)
REFUSED = _any(
    r"\bspf\b|\bdkim\b|\bdmarc\b|reverse dns|\brdns\b|\bptr\b|fcrdns|forward.confirmed|\bhelo\b|"
    r"\bdns lookup for\b",
    r"(?:black|block|deny|reject|grey|gray)[- ]?list|block\w*|\bbann(?:ed|ing)\b|\bbarred\b|dnsbl|\brbls?\b|"
    r"spamhaus|spamcop|\bu?ribl\b|\bsurbl\b|barracuda|proofpoint|(?<!not )listed (?:at|in|by|on)\b|reputation|"
    r"suspicious|suspected|abuse",
    r"spam\b|spam[ -]|spammer|spamming|\bjunk\b|\bunsolicited|\bbulk\b|phish|virus|malware|infected|trojan",
    r"content[^.;\n]{0,30}?(?:reject|not |refus|filter|denied|violat)|"
    r"(?:reject|refus|filter)[^.;\n]{0,30}?content|message content|attachment|executable|forbidden|prohibited|"
    r"violat|profanity",
    r"not rfc|rfc ?\d?\d?22[- ](?:non-?)?compl|non[- ]?compliant|"
    r"(?:missing|duplicate|malformed|invalid|bad|illegal|multiple)[^.;\n]{0,20}?header|bare (?:lf|cr)|8-?bit|"
    r"malformed",
    r"polic(?:y|ies)\b|politique|authenti[cf]|credential|smtp ?auth|auth\b|log ?in first|starttls|encrypt|"
    r"\btls\b|certificate|security",
    r"relaying|relay (?:access|denied|not|operation|reject|prohibit)|"
    r"(?:to|cannot|can't|not|open|mail) relay\b|we do not relay",
    r"not (?:be )?(?:permitted|allowed|authori[sz]ed|welcome)|"
    r"(?:isn't|aren't|wasn't) (?:permitted|allowed|authori[sz]ed)|unauthori[sz]ed|permission|permitted to|"
    r"restrict|privileg|authrequired|autoris[eé]|permis[os]\b|permitid|berechtig|autorizad|autorizzat|"
    r"opr[aá]vn[eě]n|дозвол|разрешени|uprawnie|tillad|tillat|behörighet|käyttöoik|\byetki|jogosult|permisiun|"
    r"δικαίωμα|toestemming|权限|權限|権限|권한",
    r"\bdenied\b|reject\w* (?:by|for|due|because|as)\b|refus\w+ (?:by|for|due|because|to accept|your)|"
    r"(?:do|does|did|will|can) ?not (?:currently )?accept (?:mail|e-?mail|messages?|connections?)? ?(?:from|"
    r"any|your|more|this)|(?:message|mail|e-?mail|transaction) (?:was |has been |"
    r"is )?(?:not accepted|refused|rejected|filtered|discarded)|mail rejet|prohibit|smtputf8",
    r"user complaints|unexpected volume|a problem occurred\. \(ask your postmaster|"
    r"\b(?:dt|hl|ib|mi|rp):[a-z]{3}\b",  # T-Online; NetEase names what it minds with three letters
    r"垃圾邮件|垃圾郵件|迷惑メール|스팸|спам|拒绝接收|拒收|受信拒否|odrzucon\w* jako",
    r"too (?:many|fast|frequent|much)|frequen|rate[- ]?limit|\blimited\b|limit (?:exceeded|reached)|"
    r"exceed\w*[^.;\n]{0,30}?(?:rate|number|limit|connections)|throttl|maximum number|"
    r"connections? (?:rate|limit)|traffic|hourly|daily limit",
)
CLOSED = _any(
    r"\bdisabled\b|\bsuspend|de-?activat|\binactiv|\blocked\b|\bdiscontinued\b|\bfrozen\b|\bdormant\b|"
    r"not (?:currently )?active|on hold|\bclosed\b|\bexpired\b|not accepting (?:mail|messages|e-?mail)|"
    r"currently (?:not|unable)|temporarily|\bmoderat|desactivad|d[eé]sactiv|deaktivier|gesperrt|stillgelegt",
)
THEIR_MAILBOX_IS_CLOSED = _any(
    r"\b(?:account|mailbox)(?: for)? (?:is |has been |was )?(?:blocked|restricted|locked|banned)\b",
)
LOOKED_UP_IN_VAIN = _any(  # their server cannot tell who is there
    r"(?<!dns )(?<!name )\b(?:database|lookup|tables?|ldap|directory|servers?|services?)\b(?: \w+)? (?:is |was |are )?"
    r"(?:currently |temporarily )?(?:unavailable|not available|failed|failure|error|timed out)",
    r"configuration (?:problem|error)|address verification in progress|unable to lock",
)
NOBODY = _any(
    rf"{_MISSING}{_GAP}\b{_SOMEBODY}\b",
    rf"\b{_SOMEBODY}\b{_GAP}{_MISSING}",
    rf"\b(?:no|nobody|none|keine?n?|aucune?|pas de|ning[uú]n|nessun)\b (?:such |valid |matching |local |"
    rf"known )*{_SOMEBODY}\b",
    r"nobody (?:of|by|with|here|is)|no (?:such )?one\b|"
    r"there is no (?:\w+ )?(?:one|user|account|mailbox|person|box|address)\b|"
    r"no such (?!file|host|domain|process|device|table)",
    r"(?:doesn't|does not|do not|don't) have (?:an? |any |such )*(?:[\w.-]+ )?(?:e-?mail )?(?:account|mailbox|"
    r"address)",
    r"not (?:a |our |in |one of our |in our |in the )+(?:customer|directory|local|user|address ?book|"
    r"subscriber|domain)",
    r"no longer (?:here|with|works|employed|on server|exists|in service)|"
    r"has (?:left|moved|been replaced|retired)",
    r"wasn't found at\b|introuvable sur\b|no se encontr[oó] [\w.-]{1,64} en\b|"  # Exchange, without its report
    r"isn't (?:here|a)|(?:didn't|doesn't|don't|does not|do not|did not) exist|n'existe pas|no existe|"
    r"existiert nicht|не найден|не существует|неизвестн|нет такого|недейств|не існує|не знайден|"
    r"見つかりません|存在しない|存在しません|未找到|找不到|不存在|不明|존재하지 않|없는 (?:사용자|계정|주소)|"
    r"찾을 수 없|bulunamad[iı]|mevcut de[gğ]il|ei löydy|ei ole olemassa|δεν υπάρχει|δεν βρέθηκε|"
    r"bestaat niet|findes ikke|finnes ikke|finns inte|neexistuje|nu exist[aă]|nincs ilyen",
)
LATER = _any(
    r"temporar|try(?:ing)? (?:again )?later|try again|retry|\blater\b|transient|time[d-]? ?out|timeout|"
    r"deferred|delay|still trying|warning message only|not yet|could not send for|too long|has expired",
)
NOWHERE = _any(
    rf"\b{_SOMEWHERE}\b{_GAP}(?:{_MISSING}|not reachable|lookup fail|error|failed)",
    rf"{_MISSING}{_GAP}\b{_SOMEWHERE}\b",
    r"unroute?able|nxdomain|couldn't find (?:a mail exchanger|any host)|"
    r"no (?:mail exchanger|mx\b|such (?:host|domain))|name or service not known|"
    r"no route to (?:domain|recipient)|dns (?:lookup failure|error)[^;\n]{0,60}?not found",
)
REJECTED_ADDRESS = _any(
    r"\b(?:recipient|address)(?: address)? (?:was |is )?(?:rejected|refused)\.?\s*(?:$|\(|\[|#|;|see\b)"
)
BUSY = _any(
    r"connection (?:was )?(?:refused|reset|lost|closed|dropped|failed|rate|timed)|"
    r"unable to (?:connect|contact)|could(?: not|n't) connect|network|socket|unreachable|no route|queue|loop|"
    r"\bhops?\b|protocol error|sequence of commands|"
    r"(?:server|system|service|mailer|internal|local) (?:\w+ )?(?:error|failure|problem|unavailable|"
    r"not available)|command failed|i/o error|operating system|not responding|name serv|lost connection|"
    r"attempts|pipe to",
)
