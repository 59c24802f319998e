"""The web page's own words, by key: what the browser shows around the conversation, in every language at once.
It must not hold what a dialog says. A word in braces is filled in by the page, so it is its own argument here."""

from core.lines import Line, line


def page_texts() -> dict[str, Line]:
    """Every sentence that the page can show."""
    return {**_frame(), **_greeting(), **_messages(), **_composer(), **_entry()}


def _frame() -> dict[str, Line]:
    return {
        "lang_name": line("English"),
        "skip": line("Skip to the message field"),
        "log": line("Conversation"),
        "close": line("Close"),
        "menu": line("Menu"),
        "menu_main": line("Main menu"),
        "my": line("My messages"),
        "find": line("Find by number and code"),
        "find_number": line("Find by number"),
        "settings": line("Settings"),
        "help": line("How it works"),
        "desk": line("My desk"),
        "queue": line("New messages"),
        "policy": line("Personal data policy"),
        "formal": line("Send a formal appeal"),
        "emergency": line("Emergency numbers"),
        "state_ready": line("Waiting for your message"),
        "state_connecting": line("Connecting…"),
        "state_online": line("Connected"),
        "state_offline": line("No connection"),
        "offline": line("No connection. What you send is kept here and goes by itself once the connection is back."),
        "no_script": line("The chat needs JavaScript: please switch it on in your browser and reload the page."),
    }


def _greeting() -> dict[str, Line]:
    return {
        "hello": line("Hello! {operator} answers you here.", operator="{operator}"),
        "hello_how": line("Write in your own words what happened. You can add photos right away."),
        "hello_then": line("We pass it to those who are responsible and tell you here about every step."),
        "danger": line("If someone is in danger, do not wait for an answer here. Call:"),
        "report": line("Report a problem"),
    }


def _messages() -> dict[str, Line]:
    return {
        "me": line("You"),
        "push": line("Notification"),
        "answers": line("Answers to choose from"),
        "new_tab": line("opens in a new tab"),
        "pending": line("Sending"),
        "accepted": line("Sent"),
        "failed": line("Not sent"),
        "refused": line("This could not be sent. Please change it and try again."),
        "edit": line("Edit"),
        "delete": line("Delete"),
        "older": line("Show earlier messages"),
        "to_end": line("To the newest messages"),
        "photo": line("Photo {number} of {count}", number="{number}", count="{count}"),
        "photo_lost": line("The photo did not load. Press to try again."),
        "alarm": line("Danger"),
        "download": line("Download"),
        "file_lost": line("The file does not open just now. Please press once more in a minute."),
        "qr": line("A code for the camera: it holds the link to this message"),
        "qr_how": line("Point the camera of another device at the code, and it opens the message there."),
        "copy": line("Copy the link"),
        "copied": line("The link is copied. Whoever has it sees this message: give it only to those you trust."),
        "not_copied": line("The link could not be copied. Here it is: {link}", link="{link}"),
        "erased": line("This conversation has been erased. You can write to us anew at any time."),
        "no_place": line("We could not learn where you are. Choose a place from the list or write the address."),
    }


def _composer() -> dict[str, Line]:
    return {
        "words": line("Your message"),
        "write": line("Write a message"),
        "attach": line("Add photos or documents"),
        "attached": line("Attached to the message"),
        "send": line("Send"),
        "drop": line("Drop the files here"),
        "counter": line("{used} of {limit} characters", used="{used}", limit="{limit}"),
        "too_long": line(
            "Characters too many: {over}. Please shorten the text; it stays here until then.", over="{over}"
        ),
        "photo_remove": line("Remove photo {number}", number="{number}"),
        "photo_loading": line("Photo {number} is loading", number="{number}"),
        "photo_ready": line("Photo {number} is ready", number="{number}"),
        "file_remove": line("Remove {name}", name="{name}"),
        "file_loading": line("{name} is loading", name="{name}"),
        "file_ready": line("{name} is ready", name="{name}"),
        "files_wait": line("The files are still loading. The message goes by itself as soon as they are ready."),
        "file_large": line(
            "{name} is too large: a document may have up to {limit} MB.", name="{name}", limit="{limit}"
        ),
        "photo_many": line("One message takes up to {limit} photos. Send the others in the next one.", limit="{limit}"),
        "file_many": line(
            "One message takes up to {limit} documents. Send the others in the next one.", limit="{limit}"
        ),
    }


def _entry() -> dict[str, Line]:
    return {
        "entry_needed": line("You need to enter again"),
        "entry_how": line("Your entry has ended or was revoked. Ask for a new link and open it in this browser."),
        "enter_title": line("Entry by link"),
        "enter_who": line("Who enters"),
        "enter_where": line("Where to"),
        "enter": line("Enter"),
        "to_chat": line("To the citizens' chat"),
        "enter_once": line("The link works once. If this is not you, simply close the page."),
    }
