"""How long somebody stays signed in."""

from datetime import timedelta

IDLE = timedelta(minutes=60)  # as NIST SP 800-63B-4, 2.2.3 has it for AAL2
ABSOLUTE = timedelta(hours=12)
REFRESH_BEFORE = timedelta(seconds=60)  # a token is renewed so long before it ends
SIGN_IN_LASTS = timedelta(minutes=10)
LOGOUT_LASTS = timedelta(minutes=5)  # a logout token that is older was kept by somebody
NEW = timedelta(minutes=1)  # whoever signed in so lately is not sent to sign in again
SEEN_EVERY = timedelta(minutes=1)  # that somebody is there is written down no oftener
FORGOTTEN_AFTER = timedelta(days=365)  # without signing in: their preferences and views go
TAKEN_BACK_FOR = timedelta(days=1)  # what was done to many at once
