/** What the services say in their answers: tests/architecture/test_translations.py knows whether something is missing. */
export const server = {
  // new passwords
  "At least 15 characters. Three or four unrelated words make a good one.":
    "Mindestens 15 Zeichen. Drei oder vier Wörter, die nichts miteinander zu tun haben, sind gut.",
  "At least 8 characters. Three or four unrelated words make a good one.":
    "Mindestens 8 Zeichen. Drei oder vier Wörter, die nichts miteinander zu tun haben, sind gut.",
  "This is made of your name or your e-mail address. Three or four unrelated words make a good one.":
    "Das besteht aus deinem Namen oder deiner E-Mail-Adresse. Drei oder vier Wörter, die nichts miteinander zu tun haben, sind gut.",
  "This is known: it is among what is tried first. Three or four unrelated words make a good one.":
    "Das ist bekannt: Es gehört zu dem, was zuerst versucht wird. Drei oder vier Wörter, die nichts miteinander zu tun haben, sind gut.",
  "Repeating something hardly makes it better. Three or four unrelated words make a good one.":
    "Etwas zu wiederholen macht es kaum besser. Drei oder vier Wörter, die nichts miteinander zu tun haben, sind gut.",
  "Rows of keys, letters and digits are tried first. Three or four unrelated words make a good one.":
    "Reihen von Tasten, Buchstaben und Ziffern werden zuerst versucht. Drei oder vier Wörter, die nichts miteinander zu tun haben, sind gut.",
  "This would be guessed too soon. Three or four unrelated words make a good one.":
    "Das wäre zu schnell erraten. Drei oder vier Wörter, die nichts miteinander zu tun haben, sind gut.",
  "Dates are tried first, however they are written. Three or four unrelated words make a good one.":
    "Daten werden zuerst versucht, wie auch immer sie geschrieben sind. Drei oder vier Wörter, die nichts miteinander zu tun haben, sind gut.",
  // names of people, passkeys and API tokens
  "Must be one line, without control characters": "Muss eine Zeile sein, ohne Steuerzeichen",
  "Must not change the direction of the text around it": "Darf die Richtung des Textes daneben nicht ändern",
  "Must have a character that can be seen": "Muss ein Zeichen haben, das man sieht",
  "Must not have characters that nobody sees between the others":
    "Darf zwischen den anderen keine Zeichen haben, die niemand sieht",
  "Must not pile up accents": "Darf keine Akzente auftürmen",

  "Choose a longer password before you remove this": "Wähle ein längeres Passwort, bevor du das entfernst",
  "At least 15 characters, once the password is all that is asked for":
    "Mindestens 15 Zeichen, sobald nur noch nach dem Passwort gefragt wird",
  "The password was changed a moment ago": "Das Passwort wurde gerade eben geändert",

  // accounts and sessions
  "There is an account with this e-mail address already": "Mit dieser E-Mail-Adresse gibt es schon ein Konto",
  "The e-mail address or the password is wrong": "Die E-Mail-Adresse oder das Passwort ist falsch",
  "The password is wrong": "Das Passwort ist falsch",
  "Confirm your e-mail address first; we have sent you a link":
    "Bestätige erst deine E-Mail-Adresse; wir haben dir einen Link geschickt",
  "This link has been used or is too old; ask for a new one":
    "Dieser Link ist benutzt oder zu alt; fordere einen neuen an",
  "Too many attempts; wait a moment": "Zu viele Versuche; warte einen Augenblick",
  "There is no such session": "Diese Sitzung gibt es nicht",
  "This session is over; sign in again": "Diese Sitzung ist vorbei; melde dich wieder an",
  "This page may not use the session cookie": "Diese Seite darf das Sitzungs-Cookie nicht benutzen",
  "Sign in to continue": "Melde dich an, um fortzufahren",
  "The access token does not allow this": "Das Zugriffstoken erlaubt das nicht",

  // second factor, passkeys, API tokens
  "Enter a code, or use a passkey": "Gib einen Code ein oder benutze einen Passkey",
  "The code or the passkey is not valid": "Der Code oder der Passkey gilt nicht",
  "The authenticator's answer is not valid here, or came too late":
    "Die Antwort des Passkeys gilt hier nicht oder kam zu spät",
  "There is an authenticator app already; remove it first":
    "Es gibt schon eine Authentifizierungs-App; entferne sie zuerst",
  "There is no authenticator app to confirm or remove":
    "Es gibt keine Authentifizierungs-App, die man bestätigen oder entfernen könnte",
  "Recovery codes go with an authenticator app or a passkey":
    "Wiederherstellungscodes gehören zu einer Authentifizierungs-App oder einem Passkey",
  "There is no such passkey": "Diesen Passkey gibt es nicht",
  "This passkey is in use already": "Dieser Passkey wird schon benutzt",
  "Remove a passkey before you add another one": "Entferne einen Passkey, bevor du einen weiteren hinzufügst",
  "There is no such API token": "Dieses API-Token gibt es nicht",
  "This API token is not valid, or not any more": "Dieses API-Token gilt nicht oder nicht mehr",
  "Revoke an API token before you make another one":
    "Widerrufe ein API-Token, bevor du ein weiteres erstellst",

  // todos
  "There is no such todo": "Diese Aufgabe gibt es nicht",
  "There is no such calendar": "Diesen Kalender gibt es nicht",
  "This todo has no such change in its history": "Diese Änderung gibt es im Verlauf der Aufgabe nicht",
  "This todo has changed since you loaded it": "Diese Aufgabe hat sich geändert, seit du sie geladen hast",
  "This todo has another version than If-Match names":
    "Diese Aufgabe hat eine andere Version, als If-Match nennt",
  "Say which version you saw, in If-Match or as `version`":
    "Sag, welche Version du gesehen hast, in If-Match oder als `version`",
  "The todo with this id has been deleted": "Die Aufgabe mit dieser Kennung ist gelöscht",
  "Another todo of yours has this id": "Eine andere deiner Aufgaben hat diese Kennung",
  "You have as many todos as one account may have": "Du hast so viele Aufgaben, wie ein Konto haben kann",
  "This todo was deleted too long ago to be brought back":
    "Diese Aufgabe wurde vor zu langer Zeit gelöscht, um sie zurückzuholen",
  "This account has been deleted": "Dieses Konto ist gelöscht",
  "This cursor is no longer good: begin again without one":
    "Diese Stelle gilt nicht mehr: Fang ohne sie von vorne an",
  "Too many of your devices are listening at once": "Zu viele deiner Geräte hören gleichzeitig zu",
  "Another operation came under this op_id before": "Unter dieser op_id kam früher eine andere Änderung",
  "This Idempotency-Key came with another request before":
    "Dieser Idempotency-Key kam früher mit einer anderen Anfrage",
  "This is not a file of that format": "Das ist keine Datei dieses Formats",

  // requests
  "The request is not valid": "Die Anfrage ist nicht gültig",
  "The request cannot be understood": "Die Anfrage ist nicht zu verstehen",
  "The request took too long to arrive": "Die Anfrage kam zu langsam an",
  "The request body is too large": "Die Anfrage ist zu groß",
  "The content type has to be application/json": "Der Inhaltstyp muss application/json sein",
  "The request body must not be compressed": "Der Inhalt der Anfrage darf nicht komprimiert sein",
  "There is nothing at this address": "Unter dieser Adresse gibt es nichts",
  "This address does not answer this method": "Diese Adresse beantwortet diese Methode nicht",
  "The address of the request is too long": "Die Adresse der Anfrage ist zu lang",
  "The headers of the request are too large": "Die Kopfzeilen der Anfrage sind zu groß",
  "The only expectation that can be met is 100-continue":
    "Nur die Erwartung 100-continue kann erfüllt werden",
  "This address does not speak WebSocket": "Diese Adresse spricht kein WebSocket",
};
