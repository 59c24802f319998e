"""How the web says no: every refusal is a sentence in the person's language that says what to do."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import sqlalchemy.exc
import structlog
from aiohttp import web

from bots.web.visitors import language
from bots.web.wire import BadBody, TooLong
from core.db import is_outage
from core.errors import NotAllowed, Refusal
from core.lines import Line, line
from core.speech import Speeches

NOT_HERE = line("Your entry has ended. Please ask for a new link.")
NOT_OURS = line("We could not read that. Please reload the page and send it again.")
NO_PHOTO = line("This is not a picture that we can take. Please choose a JPEG, PNG, WebP or HEIC file.")
TOO_LARGE = line("This file is too large. Please send one of up to 20 MB.")
TOO_MANY_PIXELS = line("This picture is too large. Please send one of up to 50 megapixels.")
UNREADABLE = line("This picture cannot be opened: it seems to be damaged. Please save it anew or choose another one.")
NO_DOCUMENT = line(
    "This is not a document that we can take. Please send PDF, Word, Excel, OpenDocument, RTF or plain text (.txt)."
)
MACROS = line("There are macros in this document, and we do not take those. Please save it as PDF and send that.")
LATE_LINK = line("This link has run out: it holds for five minutes. Please go back and open the file there again.")
LOST_PHOTO = line("One of the photos did not arrive. Please attach it again.")
LOST_DOCUMENT = line("One of the documents did not arrive. Please attach it again.")
TOO_LONG = line("This is too long for one message. Please make it shorter.")
NO_PAGE = line("There is no such page. Please check the address or begin from the start.")
FOREIGN = line("Please open the link itself and press the button there.")
BUSY = line("We cannot take it just now. Please wait a few seconds: the page will try again by itself.")
TOO_OFTEN = line("This was too much at once. Please try again in a little while.")
BROKEN = line("Something went wrong on our side. Please try again in a minute.")

RETRY_AFTER = "5"
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
log = structlog.get_logger(__name__)


class NotOurs(Exception):
    """Not something that our page sends."""

    def __init__(self, status: int, why: Line) -> None:
        super().__init__(why.msgid)
        self.status, self.why = status, why


class Stranger(Exception):
    """Nobody that we know."""


class TooOften(Exception):
    """May come again after so many seconds."""

    def __init__(self, wait: int) -> None:
        super().__init__()
        self.wait = wait


def sentences(
    speeches: Speeches, page: Callable[[web.Request, int, Line], web.Response]
) -> Callable[..., Awaitable[web.StreamResponse]]:
    """A middleware. `page` renders the sentence for a person who has opened an address; our own script gets JSON."""

    def say(request: web.Request, status: int, why: Line, headers: dict[str, str] | None = None) -> web.Response:
        if "/api/" not in request.path:
            response = page(request, status, why)
        else:
            response = web.json_response({"error": speeches[language(request)].say(why)}, status=status)
        response.headers.update(headers or {})
        return response

    @web.middleware
    async def middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
        try:
            return await handler(request)
        except NotOurs as error:
            return say(request, error.status, error.why)
        except TooLong:
            return say(request, 413, TOO_LONG)
        except BadBody:
            return say(request, 400, NOT_OURS)
        except Stranger:
            return say(request, 401, NOT_HERE)
        except TooOften as error:
            return say(request, 429, TOO_OFTEN, {"Retry-After": str(error.wait)})
        except NotAllowed as error:
            return say(request, 404, error.why)
        except Refusal as error:
            return say(request, 422, error.why)
        except web.HTTPRequestEntityTooLarge:
            return say(request, 413, TOO_LARGE)
        except web.HTTPException as error:
            if error.status < 400:
                raise
            allow = {name: value for name, value in error.headers.items() if name == "Allow"}
            return say(request, error.status, NO_PAGE if error.status in (404, 405) else NOT_OURS, allow)
        except web.RequestPayloadError:  # chunks that are none
            return say(request, 400, NOT_OURS)
        except ConnectionError:  # they have gone in the middle of what they sent
            return web.Response(status=400)
        except Exception as error:
            if isinstance(error, OSError) and not isinstance(error, TimeoutError):  # the disk that files are on
                log.warning("storage_unavailable", problem=type(error).__name__, why=error.strerror)
            if isinstance(error, OSError | sqlalchemy.exc.OperationalError) or is_outage(error):
                return say(request, 503, BUSY, {"Retry-After": RETRY_AFTER})
            log.exception("request_failed", method=request.method, route=str(request.match_info.route.resource))
            return say(request, 500, BROKEN)

    return middleware
