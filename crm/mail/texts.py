"""What our mails say, in the reader's language; each language has every text, with the same places."""

from __future__ import annotations

from typing import Final

LANGUAGES: Final = ("nb", "nn", "en")
NOTICES: Final = ("password", "code_on", "code_off", "passkey_on", "passkey_off", "openid_on", "openid_off")

TEXTS: Final[dict[str, dict[str, str]]] = {
    "nb": {
        "hello": "Hei, {name}.",
        "bye": "Hilsen Klyngetorg\n{base}",
        "invitation_subject": "Du er invitert til Klyngetorg",
        "invitation": "{inviter} har laget en konto til deg. Velg et passord her, så er du i gang:\n\n{link}"
        "\n\nLenken virker én gang, i sju dager. Venter du ikke denne e-posten, kan du slette den.",
        "nobody": "En administrator",
        "reset_subject": "Nytt passord",
        "reset": "Noen ba om nytt passord til kontoen din. Velg et her:\n\n{link}\n\n"
        "Lenken virker én gang, i en halv time. Var det ikke du, kan du slette denne e-posten. Passordet ditt"
        " er ikke endret.",
        "notice_subject": "Innloggingen din er endret",
        "notice": "{what} Det skjedde {when}.\n\nVar det ikke du? Velg nytt passord med «Glemt passordet?» på"
        " innloggingssiden, og si fra til en administrator med én gang.",
        "password": "Passordet ditt er byttet.",
        "code_on": "Engangskode er slått på.",
        "code_off": "Engangskode er slått av.",
        "passkey_on": "En passnøkkel er lagt til.",
        "passkey_off": "En passnøkkel er fjernet.",
        "openid_on": "Kontoen din er koblet til innlogging hos {detail}.",
        "openid_off": "Koblingen til innlogging hos {detail} er fjernet.",
        "mention_subject": "{who} nevnte deg i loggen",
        "mention": "{who} nevnte deg i loggen. Les det her:",
        "test_subject": "Prøve fra Klyngetorg",
        "test": "E-post fra Klyngetorg kommer fram. Du trenger ikke gjøre noe.",
        "digest_subject": "Uke {week}: {count} ting venter på deg",
        "digest_subject_one": "Uke {week}: én ting venter på deg",
        "digest": "Dette venter i uke {week}:",
        "follow_ups": "Oppfølginger denne uka",
        "late": "Oppfølginger over tiden",
        "suggestions": "Forslag uten svar",
        "events": "Nytt fra registeret",
        "waking": "Parkerte som skal vekkes",
        "due": "Kontakter som er på tide",
        "more": "… og {count} til",
        "digest_bye": "Slutt med ukas e-post: {stop}\nVelg hva som står i den, her: {base}/me",
    },
    "nn": {
        "hello": "Hei, {name}.",
        "bye": "Helsing Klyngetorg\n{base}",
        "invitation_subject": "Du er invitert til Klyngetorg",
        "invitation": "{inviter} har laga ein konto til deg. Vel eit passord her, så er du i gang:\n\n{link}"
        "\n\nLenka verkar éin gong, i sju dagar. Ventar du ikkje denne e-posten, kan du slette han.",
        "nobody": "Ein administrator",
        "reset_subject": "Nytt passord",
        "reset": "Nokon bad om nytt passord til kontoen din. Vel eit her:\n\n{link}\n\n"
        "Lenka verkar éin gong, i ein halv time. Var det ikkje du, kan du slette denne e-posten. Passordet"
        " ditt er ikkje endra.",
        "notice_subject": "Innlogginga di er endra",
        "notice": "{what} Det skjedde {when}.\n\nVar det ikkje du? Vel nytt passord med «Gløymt passordet?»"
        " på innloggingssida, og sei frå til ein administrator med ein gong.",
        "password": "Passordet ditt er bytt.",
        "code_on": "Eingongskode er slått på.",
        "code_off": "Eingongskode er slått av.",
        "passkey_on": "Ein passnøkkel er lagd til.",
        "passkey_off": "Ein passnøkkel er fjerna.",
        "openid_on": "Kontoen din er kopla til innlogging hos {detail}.",
        "openid_off": "Koplinga til innlogging hos {detail} er fjerna.",
        "mention_subject": "{who} nemnde deg i loggen",
        "mention": "{who} nemnde deg i loggen. Les det her:",
        "test_subject": "Prøve frå Klyngetorg",
        "test": "E-post frå Klyngetorg kjem fram. Du treng ikkje gjere noko.",
        "digest_subject": "Veke {week}: {count} ting ventar på deg",
        "digest_subject_one": "Veke {week}: éin ting ventar på deg",
        "digest": "Dette ventar i veke {week}:",
        "follow_ups": "Oppfølgingar denne veka",
        "late": "Oppfølgingar over tida",
        "suggestions": "Forslag utan svar",
        "events": "Nytt frå registeret",
        "waking": "Parkerte som skal vekkjast",
        "due": "Kontaktar som det er på tide med",
        "more": "… og {count} til",
        "digest_bye": "Slutt med e-posten for veka: {stop}\nVel kva som står i han, her: {base}/me",
    },
    "en": {
        "hello": "Hello, {name}.",
        "bye": "Regards, Klyngetorg\n{base}",
        "invitation_subject": "You are invited to Klyngetorg",
        "invitation": "{inviter} has made an account for you. Choose a password here to begin:\n\n{link}\n\n"
        "The link works once, for seven days. If you did not expect this e-mail, delete it.",
        "nobody": "An administrator",
        "reset_subject": "New password",
        "reset": "Somebody asked for a new password for your account. Choose one here:\n\n{link}\n\n"
        "The link works once, for half an hour. If it was not you, delete this e-mail. Your password has not"
        " been changed.",
        "notice_subject": "Your sign-in was changed",
        "notice": "{what} It happened {when}.\n\nWas it not you? Choose a new password with “Forgotten your"
        " password?” on the sign-in page, and tell an administrator at once.",
        "password": "Your password was changed.",
        "code_on": "One-time codes were turned on.",
        "code_off": "One-time codes were turned off.",
        "passkey_on": "A passkey was added.",
        "passkey_off": "A passkey was removed.",
        "openid_on": "Your account was connected to signing in with {detail}.",
        "openid_off": "The connection to signing in with {detail} was removed.",
        "mention_subject": "{who} mentioned you in the log",
        "mention": "{who} mentioned you in the log. Read it here:",
        "test_subject": "A test from Klyngetorg",
        "test": "E-mail from Klyngetorg arrives. There is nothing for you to do.",
        "digest_subject": "Week {week}: {count} things await you",
        "digest_subject_one": "Week {week}: one thing awaits you",
        "digest": "This awaits you in week {week}:",
        "follow_ups": "Follow-ups this week",
        "late": "Late follow-ups",
        "suggestions": "Suggestions without an answer",
        "events": "News from the register",
        "waking": "Parked leads to wake",
        "due": "Contacts that are due",
        "more": "… and {count} more",
        "digest_bye": "Stop the weekly e-mail: {stop}\nChoose what it tells, on My account: {base}/me",
    },
}
