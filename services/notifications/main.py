"""Start-up of notifications: the only place where its parts are put together."""

from services.notifications import api, clock, handlers
from services.notifications.letters.held_mail import readable
from services.notifications.post.running import Post
from services.notifications.settings import NotificationsSettings
from services.notifications.sql.held import HOLDINGS
from shared.running.start import Service

HELD = HOLDINGS._replace(readable=readable)
SERVICE = Service("notifications", NotificationsSettings, handlers.router, clock.schedule, api.ROUTES, HELD, Post)
