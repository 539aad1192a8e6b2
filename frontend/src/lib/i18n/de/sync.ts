/** What became of changes: sent, waiting, in two places, refused. And files that come and go. */
export const sync = {
  Decided: "Entschieden",
  "Sent again": "Noch einmal gesendet",
  "Given up": "Aufgegeben",
  "You wanted to delete it.": "Du wolltest sie löschen.",
  "You wanted to restore it.": "Du wolltest sie wiederherstellen.",
  "Sign out and lose unsent changes?": "Abmelden und nicht gesendete Änderungen verlieren?",
  "Sign out without looking at this device?": "Abmelden, ohne auf diesem Gerät nachzusehen?",
  "Sign out and lose what you have begun to write?":
    "Abmelden und verlieren, was du angefangen hast zu schreiben?",
  "{count} texts that are not finished": {
    one: "{count} Text, der nicht fertig ist",
    other: "{count} Texte, die nicht fertig sind",
  },
  "Changes that were not sent: Daybook has not read yet what this device keeps":
    "Nicht gesendete Änderungen: Daybook hat noch nicht gelesen, was auf diesem Gerät gesichert ist",
  "Sign out anyway": "Trotzdem abmelden",
  "Stay signed in": "Angemeldet bleiben",
  "Signing out removes from this device what the server does not have:":
    "Das Abmelden entfernt von diesem Gerät, was der Server nicht hat:",
  "{count} changes that were not sent": {
    one: "{count} Änderung, die nicht gesendet wurde",
    other: "{count} Änderungen, die nicht gesendet wurden",
  },
  "{count} todos that were changed in two places": {
    one: "{count} Aufgabe, die an zwei Orten geändert wurde",
    other: "{count} Aufgaben, die an zwei Orten geändert wurden",
  },
  "{count} changes that the server refused": {
    one: "{count} Änderung, die der Server abgelehnt hat",
    other: "{count} Änderungen, die der Server abgelehnt hat",
  },
  "It was changed here and on another device.": "Sie wurde hier und auf einem anderen Gerät geändert.",
  "All mine": "Alles von mir",
  "All theirs": "Alles von dort",
  "You changed it here; it was deleted on another device.":
    "Du hast sie hier geändert; auf einem anderen Gerät wurde sie gelöscht.",
  "Bring it back with my changes": "Mit meinen Änderungen zurückholen",
  "Leave it deleted": "Gelöscht lassen",
  "You deleted it here; it was changed on another device.":
    "Du hast sie hier gelöscht; auf einem anderen Gerät wurde sie geändert.",
  "Delete it anyway": "Trotzdem löschen",
  "Keep it": "Behalten",
  "Keep what I have chosen": "Behalten, was ich gewählt habe",
  Mine: "Meins",
  Theirs: "Das andere",
  Both: "Beides",
  "Before: {value}": "Vorher: {value}",
  "What do you want to keep?": "Was möchtest du behalten?",
  "The server does not take this change: {reason}": "Der Server nimmt diese Änderung nicht an: {reason}",
  "Send it again": "Noch einmal senden",
  "Give this change up": "Diese Änderung aufgeben",
  "Very many changes wait": "Sehr viele Änderungen warten",
  "Connect to the network before you go on for long.":
    "Verbinde dich mit dem Netz, bevor du lange weitermachst.",
  "Look at it": "Ansehen",
  "Nothing is lost or overwritten: it waits until you have decided.":
    "Nichts geht verloren oder wird überschrieben: Es wartet, bis du entschieden hast.",
  "{count} todos were changed in two places": {
    one: "{count} Aufgabe wurde an zwei Orten geändert",
    other: "{count} Aufgaben wurden an zwei Orten geändert",
  },
  "{count} changes were refused": {
    one: "{count} Änderung wurde abgelehnt",
    other: "{count} Änderungen wurden abgelehnt",
  },
  "What is saved": "Was gesichert ist",
  "Changes from your other devices come in as they happen.":
    "Änderungen deiner anderen Geräte kommen an, wenn sie geschehen.",
  "Changes from your other devices come in when the connection is back.":
    "Änderungen deiner anderen Geräte kommen an, wenn die Verbindung wieder da ist.",
  "Very many changes wait. Connect to the network before you go on for long.":
    "Sehr viele Änderungen warten. Verbinde dich mit dem Netz, bevor du lange weitermachst.",
  "Try again now": "Jetzt noch einmal versuchen",
  "Nothing waits to be sent": "Nichts wartet darauf, gesendet zu werden",
  Offline: "Offline",
  "Go on: everything is kept on this device.": "Mach weiter: Alles ist auf diesem Gerät gesichert.",
  "Go on, but leave this page open: this browser keeps nothing.":
    "Mach weiter, aber lass diese Seite offen: Dieser Browser behält nichts.",
  "Daybook tries again by itself.": "Daybook versucht es von selbst wieder.",
  "Sign in again to send your changes.": "Melde dich wieder an, um deine Änderungen zu senden.",
  Saving: "Wird gesichert",
  "Your changes are on their way.": "Deine Änderungen sind unterwegs.",
  "Waits for you": "Wartet auf dich",
  "What needs your decision is on this device only. Everything else is on the server as well.":
    "Was du entscheiden musst, ist nur auf diesem Gerät. Alles andere ist auch auf dem Server.",
  Saved: "Gesichert",
  "Everything is on the server.": "Alles ist auf dem Server.",
  "Everything is on the server, and on this device.": "Alles ist auf dem Server und auf diesem Gerät.",
  "This browser keeps nothing": "Dieser Browser behält nichts",
  "Your changes are sent as long as this page is open. Do not close it while some wait.":
    "Deine Änderungen werden gesendet, solange diese Seite offen ist. Schließ sie nicht, solange welche warten.",
  "This device is full": "Dieses Gerät ist voll",
  "The last changes could not be kept here. They are sent all the same: stay until they are saved.":
    "Die letzten Änderungen konnten hier nicht gesichert werden. Gesendet werden sie trotzdem: Bleib, bis sie gesichert sind.",
  "A newer Daybook runs in another tab": "In einem anderen Tab läuft ein neueres Daybook",
  "This tab has to be loaded again. What you wrote is kept.":
    "Dieser Tab muss neu geladen werden. Was du geschrieben hast, bleibt.",
  "An older Daybook runs in another tab": "In einem anderen Tab läuft ein älteres Daybook",
  "Close that tab, or load it again. Until then, nothing can be opened here.":
    "Schließ diesen Tab oder lade ihn neu. Bis dahin lässt sich hier nichts öffnen.",
  "{count} changes wait": { one: "{count} Änderung wartet", other: "{count} Änderungen warten" },
  "A new version of Daybook is here": "Eine neue Version von Daybook ist da",
  "What you have written is kept.": "Was du geschrieben hast, bleibt.",
  "Load it": "Laden",
  "Daybook was renewed in another tab": "Daybook wurde in einem anderen Tab erneuert",
  "This tab works on. Load it again when that suits you.":
    "Dieser Tab arbeitet weiter. Lade ihn neu, wenn es dir passt.",
  Calendar: "Kalender",
  "A secret address under which calendar apps can read what is due. Whoever knows it can read it, too.":
    "Eine geheime Adresse, unter der Kalender-Apps lesen können, was fällig ist. Wer sie kennt, kann das auch.",
  "Make an address": "Adresse erzeugen",
  "the address": "die Adresse",
  "Make a new address?": "Neue Adresse erzeugen?",
  "The one you have stops to work. Calendars that use it need the new one.":
    "Die jetzige gilt dann nicht mehr. Kalender, die sie benutzen, brauchen die neue.",
  "Make a new one": "Neue erzeugen",
  "New address": "Neue Adresse",
  "Stop sharing what is due?": "Nicht mehr teilen, was fällig ist?",
  "The address stops to work at once.": "Die Adresse gilt sofort nicht mehr.",
  "Stop it": "Nicht mehr teilen",
  "Stop sharing": "Nicht mehr teilen",
  "Your todos are in your downloads": "Deine Aufgaben liegen bei deinen Downloads",
  "Export todos": "Aufgaben exportieren",
  "All of them, as a JSON file that Daybook can import again without loss.":
    "Alle, als JSON-Datei, die Daybook ohne Verlust wieder importieren kann.",
  "Download todos": "Aufgaben herunterladen",
  "This file cannot be imported": "Diese Datei lässt sich nicht importieren",
  "Reading “{file}”": "„{file}“ wird gelesen",
  "Importing “{file}”": "„{file}“ wird importiert",
  "Progress of the import": "Fortschritt des Imports",
  "{count} todos are in": { one: "{count} Aufgabe ist da", other: "{count} Aufgaben sind da" },
  "What came in until then stays. Sending the file again goes on from there: nothing comes in twice.":
    "Was bis dahin ankam, bleibt. Noch einmal gesendet geht es von dort weiter: Nichts kommt doppelt an.",
  "Everything is imported": "Alles ist importiert",
  "Entry {number}": "Eintrag {number}",
  "{count} new": { one: "{count} neu", other: "{count} neu" },
  "{count} brought up to date": {
    one: "{count} auf den neuesten Stand gebracht",
    other: "{count} auf den neuesten Stand gebracht",
  },
  "{count} were here already": { one: "{count} war schon da", other: "{count} waren schon da" },
  "{count} entries were left out": {
    one: "{count} Eintrag wurde ausgelassen",
    other: "{count} Einträge wurden ausgelassen",
  },
  "and {count} more": { one: "und {count} weiterer", other: "und {count} weitere" },
  "Import todos": "Aufgaben importieren",
  "From a file that Daybook, Todoist or Vikunja has exported. What is here already is brought up to date, not doubled.":
    "Aus einer Datei, die Daybook, Todoist oder Vikunja exportiert hat. Was schon da ist, wird auf den neuesten Stand gebracht, nicht verdoppelt.",
  "File to import": "Datei zum Importieren",
  "Choose another file": "Andere Datei wählen",
  "Choose a file": "Datei wählen",
  "What was lost, or is not the same here and there:":
    "Was verloren ging oder hier und dort verschieden ist:",
  "There is an address since {time}. It was shown once, and cannot be shown again.":
    "Es gibt eine Adresse seit {time}. Sie wurde einmal gezeigt und lässt sich nicht noch einmal zeigen.",
  "Copy it now: it is not shown again.": "Kopiere sie jetzt: Sie wird nicht noch einmal gezeigt.",
  "The file is larger than 60 MB.": "Die Datei ist größer als 60 MB.",
  "This is no export of Daybook, Todoist or Vikunja.":
    "Das ist kein Export von Daybook, Todoist oder Vikunja.",
} as const;
