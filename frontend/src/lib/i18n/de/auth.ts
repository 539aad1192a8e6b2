/** Signing in, and the pages around it. */
export const auth = {
  "Write first": "Erst schreiben",
  "What you type is kept at once, even when the connection is not.":
    "Was du tippst, ist sofort gesichert, auch wenn die Verbindung es nicht ist.",
  "Nothing is overwritten": "Nichts wird überschrieben",
  "When two devices disagree, Daybook asks instead of guessing.":
    "Sind zwei Geräte sich uneins, fragt Daybook, statt zu raten.",
  "Signed out means signed out": "Abgemeldet heißt abgemeldet",
  "In every tab at once, and on any other device when you say so.":
    "In jedem Tab sofort, und auf jedem anderen Gerät, wenn du es sagst.",
  "Water the tomatoes": "Tomaten gießen",
  "Call Mira about Friday": "Mira wegen Freitag anrufen",
  "Book the night train": "Nachtzug buchen",
  "Read thirty pages": "Dreißig Seiten lesen",
  "Look into your mail": "Schau in deine Mail",
  "Back to signing in": "Zurück zur Anmeldung",
  "Use another address": "Andere Adresse benutzen",
  "If there is an account for {email}, a link to a new password is on its way. It works once, and not for long.":
    "Wenn es für {email} ein Konto gibt, ist ein Link zu einem neuen Passwort unterwegs. Er gilt einmal und nicht lange.",
  "Forgot your password?": "Passwort vergessen?",
  "We mail you a link to choose a new one. Remembered it?":
    "Wir schicken dir einen Link, um ein neues zu wählen. Doch eingefallen?",
  "Send the link": "Link senden",
  "Opening…": "Wird geöffnet …",
  "or|between two ways to sign in": "oder",
  "Sign in with a passkey": "Mit einem Passkey anmelden",
  "Create your account": "Konto anlegen",
  "Already have one?": "Hast du schon eins?",
  "Create account": "Konto anlegen",
  "Name (optional)": "Name (freiwillig)",
  "To the sign-in page": "Zur Anmeldung",
  "We have written to {email}. Open the link in that mail to confirm the address, then sign in.":
    "Wir haben an {email} geschrieben. Öffne den Link in dieser Mail, um die Adresse zu bestätigen, und melde dich dann an.",
  "Nothing there after a few minutes? Look among the unwanted mail, or create the account once more.":
    "Nach ein paar Minuten nichts da? Schau in den unerwünschten Mails nach oder lege das Konto noch einmal an.",
  "Your password is changed": "Dein Passwort ist geändert",
  "Sign in": "Anmelden",
  "You have been signed out on every device. Sign in again with the new password.":
    "Du bist auf jedem Gerät abgemeldet. Melde dich mit dem neuen Passwort wieder an.",
  "Choose a new password": "Neues Passwort wählen",
  "Saving it signs you out everywhere, in case somebody else knew the old one.":
    "Beim Speichern wirst du überall abgemeldet, falls jemand anderes das alte kannte.",
  "New password": "Neues Passwort",
  "Save the password": "Passwort speichern",
  "This link does not work": "Dieser Link geht nicht",
  "Ask for a new link": "Neuen Link anfordern",
  "It is too old, it was used already, or a part of it is missing. Your password is what it was.":
    "Er ist zu alt, wurde schon benutzt, oder ein Teil fehlt. Dein Passwort ist, was es war.",
  "It is too old, it was used already, or a part of it is missing. If your address is confirmed, all is well; if it is not, the settings can send you a new mail.":
    "Er ist zu alt, wurde schon benutzt, oder ein Teil fehlt. Ist deine Adresse bestätigt, ist alles gut; wenn nicht, können die Einstellungen dir eine neue Mail schicken.",
  "Use a passkey": "Passkey benutzen",
  "Use another account": "Anderes Konto benutzen",
  "One more step": "Noch ein Schritt",
  "Show with your passkey that it is you.": "Zeig mit deinem Passkey, dass du es bist.",
  "Enter one of the recovery codes that you have kept. Each works once.":
    "Gib einen der Wiederherstellungscodes ein, die du verwahrt hast. Jeder gilt einmal.",
  "Enter the six digits that your authenticator app shows for Daybook.":
    "Gib die sechs Ziffern ein, die deine Authentifizierungs-App für Daybook zeigt.",
  "Recovery code": "Wiederherstellungscode",
  Code: "Code",
  "Use the authenticator app instead": "Stattdessen die Authentifizierungs-App benutzen",
  "Use a recovery code instead": "Stattdessen einen Wiederherstellungscode benutzen",
  "Welcome back": "Willkommen zurück",
  "New here?": "Neu hier?",
  "Create an account": "Konto anlegen",
  "E-mail": "E-Mail",
  Password: "Passwort",
  "Forgot it?": "Vergessen?",
  "Your e-mail address is not confirmed yet.": "Deine E-Mail-Adresse ist noch nicht bestätigt.",
  "We have just mailed you a link. Open it, then sign in.":
    "Wir haben dir gerade einen Link geschickt. Öffne ihn und melde dich dann an.",
  "You signed out in another tab.": "Du hast dich in einem anderen Tab abgemeldet.",
  "Your account has been deleted.": "Dein Konto ist gelöscht.",
  "Your todos are gone with it. Thank you for writing.":
    "Deine Aufgaben sind mit ihm verschwunden. Danke, dass du geschrieben hast.",
  "Your session has ended.": "Deine Sitzung ist zu Ende.",
  "Sign in again to go on. Changes that were not sent yet are still on this device.":
    "Melde dich wieder an, um weiterzumachen. Was noch nicht gesendet war, ist noch auf diesem Gerät.",
  "This passkey is not known here": "Diesen Passkey kennen wir hier nicht",
  "It may have been removed from the account. Sign in another way.":
    "Vielleicht wurde er aus dem Konto entfernt. Melde dich auf einem anderen Weg an.",
  "Confirm your address": "Adresse bestätigen",
  Confirm: "Bestätigen",
  "Give the password of the account. If you did not open one, close this page: without the password nothing is confirmed.":
    "Gib das Passwort des Kontos ein. Hast du keins eröffnet, schließ diese Seite: Ohne das Passwort wird nichts bestätigt.",
  "One press, and we know that mail to this address reaches you.":
    "Ein Druck, und wir wissen, dass Mail an diese Adresse dich erreicht.",
  "Your address is confirmed": "Deine Adresse ist bestätigt",
  "Thank you. Mail about your account will find you there.": "Danke. Mail zu deinem Konto findet dich dort.",
  "To your settings": "Zu deinen Einstellungen",
  "Your e-mail address is too easy to guess": "Deine E-Mail-Adresse ist zu leicht zu erraten",
} as const;
