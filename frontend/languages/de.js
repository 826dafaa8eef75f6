// German. Translated by machine, not yet read by a speaker. CONTRIBUTING.md says how to mend it.

export default {
  // index.html: before there is anything else
  broken:
    "Ein Teil dieser Seite ist nicht angekommen, passt nicht zu diesem Browser oder nicht zu dem, was eine frühere Version hier hinterlassen hat. Bitte lade sie in einer Minute neu; hilft das nicht, versuche es über ein anderes Netz oder mit einem neueren Browser.",
  "broken-again": "Neu laden",
  "broken-afresh": "Alles auf diesem Gerät vergessen und neu anfangen",
  unsafe: "Unter dieser Adresse lässt sich nicht sicher chatten",
  "unsafe-reason":
    "Dein Browser verschlüsselt, was du schreibst, und das tut er nur unter Adressen mit {1}. Ohne das müsste die Seite alles offen senden, deshalb startet sie nicht.",
  "unsafe-way": "Öffne stattdessen diese: {1}",
  framed: "Sie wird in einer anderen Seite gezeigt, die irgendwem gehören und dich zu Klicks verleiten könnte.",
  "newer-version": "Es gibt eine neue Version dieser Seite.",
  "newer-load": "Laden",

  // the landing page
  slogan: "Raum öffnen. Link teilen. Reden.",
  invited: "Du bist eingeladen: {1}",
  "your-name": "Dein Name",
  "another-name": "Anderer Name",
  "new-room": "Neuer Raum",
  "another-room": "Anderer Raum",
  or: "oder",
  "room-name": "Name des Raums",
  "room-name-example": "teeküche",
  enter: "Raum betreten",
  "enter-as": "Betreten als {name}",
  "name-hint": "Wer den Namen errät, kann mitlesen. Für einen privaten Raum nimm „Neuer Raum“.",
  remember: "Diesen Raum auf diesem Gerät merken",
  recent: "Räume auf diesem Gerät",
  forget: "Vergessen",
  "forget-room-named": "{room} vergessen",
  "forget-sure": "Wirklich vergessen?",
  "forget-everything": "Alles auf diesem Gerät vergessen",
  "forget-question": "Namen, Räume mit ihren Links und nicht gesendete Nachrichten vergessen?",
  keep: "Behalten",
  "forget-now": "Alles vergessen",
  language: "Sprache",
  "language-not-come": "Diese Sprache ist nicht angekommen. Bitte versuche es später noch einmal.",
  mend: "Von einer Maschine übersetzt und noch von niemandem gelesen, der die Sprache spricht. Klingt etwas falsch? CONTRIBUTING.md in den Quellen dieses Chats sagt, wie man eine Sprache verbessert.",
  opening: "Der Raum wird geöffnet…",
  sealed: "Im Browser versiegelt.",
  "sealed-more": "Der Server gibt weiter, was er nicht lesen kann.",
  minutes: "Für Minuten aufbewahrt.",
  "minutes-more": "Lange genug für einen Tunnel, dann ist es weg.",
  "no-account": "Kein Konto.",
  "no-account-more": "Keine Cookies, keine Tracker, kein fremder Code.",

  // links and names of rooms
  "link-cut":
    "Dieser Link ist nicht vollständig: Sein Schlüssel wurde abgeschnitten oder verändert. Bitte noch einmal darum und kopiere ihn ganz.",
  "link-neither": "Dieser Link führt in keinen Raum: Er hat weder Schlüssel noch Namen.",
  "link-no-name": "Dieser Link führt in keinen Raum. {problem}",
  "room-name-empty": "Der Name eines Raums braucht mindestens ein Zeichen.",
  "room-name-long": {
    one: "Der Name eines Raums hat höchstens {count} Zeichen.",
    other: "Der Name eines Raums hat höchstens {count} Zeichen.",
  },
  "room-name-odd": "In diesem Namen steht etwas, das weder Buchstabe noch Ziffer noch Zeichen ist.",

  // coming and going
  forgetting: "Wird vergessen…",
  "keys-may-remain":
    "Deine Schlüssel sind vielleicht noch auf diesem Gerät: Der Browser hat nicht geantwortet. Lade die Seite neu. Hilft das nicht, lösche, was dieser Browser von dieser Website gespeichert hat.",
  "leave-unsent": {
    one: "{count} Nachricht ist noch nicht gesendet, und dieser Raum wird nicht gemerkt. Verlasse ihn noch einmal, um ohne Senden zu gehen.",
    other:
      "{count} Nachrichten sind noch nicht gesendet, und dieser Raum wird nicht gemerkt. Verlasse ihn noch einmal, um ohne Senden zu gehen.",
  },
  "left-unsent": {
    one: "{count} Nachricht in {room} ist noch nicht gesendet: Öffne den Raum dafür wieder.",
    other: "{count} Nachrichten in {room} sind noch nicht gesendet: Öffne den Raum dafür wieder.",
  },
  "left-aside":
    "Was dieser Browser von diesem Raum aufbewahrt hat, passt nicht zu dieser Version der Seite: Der Raum ist ohne das offen.",
  "not-lasting":
    "Dieser Browser bewahrt für die Seite keinen Schlüssel auf: Nach dem Neuladen sehen andere dich als neue Person.",
  "not-opened":
    "Dieser Raum ging nicht auf. Versuche es noch einmal oder lade die Seite neu. Hilft das nicht, passt vielleicht nicht, was eine frühere Version auf diesem Gerät hinterlassen hat: Lass es unten vergessen.",
  "not-whole": "Ein Teil dieser Seite ist nicht angekommen. Bitte lade sie neu.",

  // the server
  checking: "Verbindung wird geprüft…",
  connecting: "Verbinde… Was du schreibst, wird aufbewahrt und von selbst gesendet.",
  crowded: "Zu viele wollen gerade hinein. Diese Seite versucht es von selbst noch einmal.",
  "server-bad_request": "Der Server versteht nicht, was diese Seite fragt. Bitte lade sie neu.",
  "server-not_joined": "Für den Server bist du nicht in diesem Raum.",
  "server-other": "Der Server hat das abgelehnt.",
  "server-rate_limited": "Das war zu viel auf einmal. Bitte versuche es in einer Minute noch einmal.",
  "server-room_full": "Dieser Raum ist voll.",
  "server-server_error": "Auf dem Server ist etwas schiefgegangen. Bitte versuche es noch einmal.",
  "server-too_long": "Das ist länger, als der Server erlaubt.",
  "server-unknown_action": "Der Server kennt nicht, was diese Seite fragt. Bitte lade sie neu.",

  // the bar on top, and who is here
  "and-more": { one: "und {count} weitere Person", other: "und {count} weitere" },
  devices: "×{count}",
  encrypted: "Ende-zu-Ende-verschlüsselt",
  guessable: "Erratbarer Name",
  "guessable-more": ": Wer ihn errät, kann mitlesen",
  "has-your-name": "hat deinen Namen",
  here: { one: "{count} hier", other: "{count} hier" },
  "leave-room": "Raum verlassen",
  menu: "Menü",
  mute: "Stumm",
  "mute-name": "{name} stummschalten",
  "no-name": "(ohne Namen)",
  "not-first": "hatte den Namen nicht zuerst",
  "not-here": "(nicht hier)",
  people: "Personen",
  share: "Teilen",
  somebody: "Jemand",
  unmute: "Laut",
  "unmute-name": "{name} wieder zeigen",
  unverified: "Ungeprüft",
  "who-is-here": "Wer hier ist",
  "you-tag": "(du)",

  // the log
  earlier: "Frühere Nachrichten",
  "earlier-full":
    "Mehr Nachrichten werden nicht auf einmal gezeigt. Was davor gesagt wurde, ist wieder da, wenn du am Ende warst.",
  "earlier-gone": "Was davor gesagt wurde, bewahrt der Server nicht mehr auf.",
  gap: "Du warst länger weg, als Nachrichten aufbewahrt werden: Es können welche fehlen.",
  invite: "Jemanden einladen",
  "new-messages": "Neue Nachrichten",
  newest: "Neueste Nachrichten",
  quiet: "Hier ist es still",
  "quiet-more": "In letzter Zeit hat niemand etwas gesagt. Sag hallo oder schick jemandem den Link.",
  today: "Heute",
  unseen: { one: "{count} neue Nachricht", other: "{count} neue Nachrichten" },
  yesterday: "Gestern",

  // a message
  delete: "Löschen",
  "details-at": "Details, {time}",
  "details-short": "Details",
  late: "Geschrieben: {time}, später angekommen.",
  "late-ahead": "Nach der Uhr, mit der sie geschrieben wurde, war es {time}.",
  namesake: "Hat deinen Namen, aber einen anderen Schlüssel.",
  "not-sent": "Nicht gesendet. {problem}",
  "other-key": "Nicht {name} von vorhin: ein anderer Schlüssel.",
  retry: "Noch einmal",
  sending: "Wird gesendet…",
  "waits-its-turn": "Wartet, bis sie dran ist",

  // what is no message to be trusted
  conflict:
    "{name} {handle} hat zwei verschiedene Nachrichten als ein und dieselbe signiert. In der anderen steht: {quote}",
  forged: "Eine Nachricht mit falscher Signatur: Jemand hat sie verändert oder gibt sich für jemand anderen aus.",
  newer: "Eine Nachricht aus einer neueren Version dieser Seite: Lade neu, um sie zu sehen.",
  replayed: "Jemand hat noch einmal gesendet, was {name} {handle} um {time} geschrieben hat: {quote}",
  undecryptable: "Eine Nachricht, die der Schlüssel dieses Raums nicht öffnet.",

  // for who listens
  does: "{name} {text}",
  "heard-earlier": { one: "{count} frühere Nachricht", other: "{count} frühere Nachrichten" },
  "heard-messages": { one: "{count} Nachricht", other: "{count} Nachrichten" },
  "row-at": "{row}, {time}",
  says: "{name}: {text}",
  "who-borrows": "{name}, nicht die Person, die vorher unter diesem Namen sprach",
  "who-handle": "{name}, {handle}",
  "who-namesake": "{name}, mit deinem Namen",
  you: "Du",

  // what one writes
  dismiss: "Schließen",
  help: "/nick Ada – Ada heißen\n/me winkt – sagen, was du tust\n/clear – den Bildschirm leeren\n/leave – den Raum verlassen\n/help – dies zeigen\n//me – „/me“ sagen: zwei Schrägstriche für einen Text, der mit einem beginnt",
  "keys-hint": "Enter sendet, Umschalt und Enter macht eine neue Zeile.",
  left: "noch {count}",
  message: "Nachricht",
  "name-needed": "Ein Name hat mindestens einen Buchstaben. Zum Beispiel: /nick Ada",
  over: "{count} zu lang",
  renamed: "Du heißt jetzt {name}.",
  "room-left": { one: "Platz für {count} weiteres Zeichen.", other: "Platz für {count} weitere Zeichen." },
  send: "Senden",
  "too-long": "Das ist zu lang für eine Nachricht.",
  "too-long-by": {
    one: "Das ist um {count} Byte zu lang für eine Nachricht.",
    other: "Das ist um {count} Bytes zu lang für eine Nachricht.",
  },
  unsendable: "Bilder und Dateien kann man hier nicht senden, nur Text.",
  "unknown-command": "Den Befehl /{name} gibt es nicht. Zwei Schrägstriche senden den Text, wie er ist: //{name}",

  // what becomes of it
  "lost-key": "Dieser Browser hat den Schlüssel verloren, mit dem sie geschrieben wurde.",
  "not-encrypted": "Dein Browser konnte sie nicht verschlüsseln.",
  "not-kept":
    "Dieser Browser bewahrt für die Seite nichts auf: Schließe sie nicht, bevor deine Nachricht gesendet ist.",
  "not-sent-alarm": "Nachricht nicht gesendet. {problem}",
  quick: "Das ging schnell. Was du schreibst, wird von selbst gesendet.",
  seconds: "{count} s",
  stale: "Sie wurde vor einer Weile geschrieben.",
  unconfirmed: "Der Server hat sie nicht bestätigt.",

  // notifications
  "message-from": "Neue Nachricht von {name}",

  // all dialogs, and the look for a newer version
  close: "Schließen",
  "send-first": "Sende zuerst, was du geschrieben hast: Dieser Browser bewahrt für die Seite nichts auf.",

  // the dialog "Message details"
  arrived: "Angekommen",
  "by-server": "{time}, nach der Uhr des Servers",
  "by-writer": "{time}, nach der Uhr am Gerät, das schrieb",
  "cannot-copy": "Dein Browser lässt die Seite nicht kopieren.",
  copied: "Kopiert.",
  "copy-text": "Text kopieren",
  details: "Details der Nachricht",
  "first-called": "Jemand anderes, {handle}, hieß hier zuerst {name}. Das können zwei Personen sein.",
  from: "Von",
  genuine:
    "Echt. Sie wurde mit dem Schlüssel dieses Raums versiegelt und von {handle} signiert; niemand hat sie unterwegs verändert.",
  handle: "Kürzel",
  "hidden-here": "Auf diesem Gerät verborgen. Niemand erfährt davon.",
  inside: "Der Name, die Worte, ihre Zahl und die Signatur stecken darin, und nur der Link dieses Raums öffnet es.",
  "kept-by-server": "Vom Server für einige Minuten aufbewahrt {1}",
  key: "Schlüssel",
  "long-way":
    "Zwischen Schreiben und Ankommen liegt mehr Zeit als üblich: Sie wurde unterwegs aufgehalten, oder eine Uhr geht falsch.",
  "nobody-knows": "Niemand weiß es",
  "sent-to-server": "An den Server gesendet {1}",
  "server-sees": "Was der Server sieht",
  "shown-again": "Wieder zu sehen.",
  "they-have-your-name": "Hier hat jemand deinen Namen, aber einen anderen Schlüssel.",
  "to-the-letter": "Dies, Zeichen für Zeichen. {1}",
  "was-sending": "Unterwegs. Der Server hat sie noch nicht bestätigt.",
  "was-sent": "Gesendet. Der Server hat sie weitergegeben, mit genau deinen Worten.",
  "was-waiting": "Sie wartet, bis sie dran ist, und wird von selbst gesendet.",
  written: "Geschrieben",
  "wrong-conflict":
    "{name}, {handle}, hat zwei verschiedenen Nachrichten dieselbe Nummer gegeben. Dies ist die andere.",
  "wrong-forged":
    "Jemand mit dem Link hat sie gemacht, aber ihre Signatur ist falsch: Sie wurde verändert oder gibt vor, von jemand anderem zu sein.",
  "wrong-newer":
    "Eine neuere Version dieser Seite hat sie mit dem Schlüssel dieses Raums gemacht. Diese Version kann sie nicht lesen: Lade die Seite neu.",
  "wrong-replayed": "{name}, {handle}, hat das wirklich geschrieben, aber jemand anderes hat es noch einmal gesendet.",
  "wrong-undecryptable":
    "Der Schlüssel dieses Raums öffnet sie nicht. Jemand ohne den Link hat sie gemacht, oder sie wurde unterwegs beschädigt.",

  // the dialog "Share this room"
  "copy-yourself": "Dein Browser lässt die Seite nicht kopieren. Der Link ist markiert: Kopiere ihn von dort.",
  "qr-code": "QR-Code des Links",
  "share-copy": "Link kopieren",
  "share-failed": "Das Teilen ging nicht. Kopiere stattdessen den Link.",
  "share-link": "Der Link zu diesem Raum",
  "share-title": "Diesen Raum teilen",
  "share-with": "Teilen…",
  "warn-key":
    "Wer diesen Link hat, kann im Raum lesen und schreiben. Schick ihn nur Menschen, die du dort haben willst.",
  "warn-name": "Wer den Namen dieses Raums errät, kann dort lesen und schreiben, mit oder ohne Link.",

  // the dialog "Menu"
  elsewhere: "Wenn eine Nachricht kommt und du woanders hinsiehst",
  "forget-room": "Diesen Raum auf diesem Gerät vergessen",
  "forget-room-now": "Jetzt vergessen",
  "forget-room-question":
    "Sein Link, dein Schlüssel darin, dein Entwurf und was noch zu senden ist, verschwinden von diesem Gerät (nur der Verlauf des Browsers bleibt). Du kommst als neue Person zurück. Was andere haben, bleibt bei ihnen.",
  "key-enter": "Enter",
  "key-escape": "Esc",
  "key-shift": "Umschalt",
  "keys-arrows": "durch die Nachrichten gehen",
  "keys-back": "zurück zum Schreiben, oder einen Dialog schließen",
  "keys-commands": "Tasten und Befehle",
  "keys-send": "senden",
  "name-everywhere": "Name in allen Räumen",
  "name-is": "So heißt du jetzt.",
  "name-is-none": "Ein Name hat mindestens einen Buchstaben oder eine Ziffer.",
  "nobody-can-promise":
    "Niemand kann versprechen, dass andere ein Geheimnis bewahren: Wer den Link hat, liest, was aufbewahrt wird, und kann es kopieren. Und diese Seite selbst kommt vom Server: Ein unehrlicher könnte dir eine andere schicken.",
  "not-allowed": "Dein Browser erlaubt es nicht. In seinen Einstellungen für diese Seite lässt sich das ändern.",
  notification: "Eine Benachrichtigung zeigen",
  "notification-hint":
    "Sie sagt, wer geschrieben hat, und nur wenn du willst, was: Andere könnten deinen Bildschirm sehen. Dafür bleibt die Seite verbunden, während du woanders hinsiehst, solange das Gerät es zulässt: Telefone halten solche Seiten nach einer Weile an.",
  "on-device": "Auf diesem Gerät",
  "server-sees-not":
    "Er sieht weder das Geheimnis des Links noch den Namen des Raums, deinen Namen oder ein Wort von dem, was gesagt wird. {1} jeder Nachricht zeigen es.",
  "server-sees-this":
    "Dein Browser versiegelt Namen und Nachrichten, bevor sie ihn verlassen. Wer den Server betreibt, sieht deine Netzadresse, welche Verbindungen sich einen Raum teilen, wann jemand schreibt und ungefähr wie viel. Die versiegelten Nachrichten bewahrt er einige Minuten auf.",
  sound: "Einen Ton spielen",
  theme: "Aussehen",
  "theme-dark": "Dunkel",
  "theme-light": "Hell",
  "theme-system": "System",
  "use-name": "Namen nehmen",

  // the log as a whole, and being gone at once
  "notification-words": "Darin zeigen, was geschrieben wurde",
  conversation: "Dieses Gespräch",
  "conversation-hint":
    "Wie es auf diesem Bildschirm steht, mit allen Kürzeln und jeder Warnung. Es entsteht auf diesem Gerät und wird nirgendwohin gesendet; eine Datei ist nicht verschlüsselt.",
  "save-text": "Als Text speichern",
  "save-page": "Als Seite speichern",
  print: "Drucken",
  "clear-screen": "Bildschirm leeren",
  "leave-at-once": "Sofort weg",
  "leave-hint":
    "„Gehen und vergessen“ fragt nichts: Der Link des Raums, dein Schlüssel darin, dein Entwurf und was noch zu senden ist, sind dann von diesem Gerät verschwunden. „Notausgang“ tut das auch und zeigt Wikipedia anstelle dieser Seite.",
  "leave-forget": "Gehen und vergessen",
  "leave-limits":
    "Das kann nicht alles: Im Verlauf des Browsers steht diese Seite noch, mit dem Link des Raums; wer dein Netz oder diesen Computer betreibt, kann wissen, dass du hier warst; und was andere haben, bleibt bei ihnen.",
  "quick-exit": "Notausgang",
  "quick-always": "Notausgang neben dem Menü, und mit dreimal Esc",
  "keys-line": "eine neue Zeile beginnen; auf einem Touchscreen tut das Enter allein",
  "keys-messages": "vom Schreiben zu den Nachrichten",
  "keys-help": "dies zeigen; ebenso Strg und /, und wo du nicht schreibst, ?",
  "keys-exit": "sofort weg, wenn der Notausgang im Menü eingeschaltet ist",
  "key-home": "Pos1",
  "key-end": "Ende",
  cleared: "Dieser Bildschirm wurde geleert, und nur dieser. „Frühere Nachrichten“ zeigt sie wieder.",
  "file-named": "Ein Raum mit einem erratbaren Namen",
  "file-open": "Nicht verschlüsselt: Wer diese Datei hat, kann sie lesen.",
  "file-saved": "Gespeichert: {time}.",
  "file-you": "{handle}, du",
  "not-saved": "Dein Browser lässt die Seite keine Datei speichern.",
  "saved-as": "Gespeichert als {name}.",
  "show-all": "Alles zeigen",
  "show-less": "Weniger zeigen",
  forgotten:
    "Du hast den Raum verlassen, und er ist auf diesem Gerät vergessen: sein Link, dein Schlüssel darin, dein Entwurf und was noch zu senden war. Im Verlauf des Browsers steht er vielleicht noch.",

  // how long a name may be
  "alias-long": {
    one: "Dieser Name ist {count} Buchstaben zu lang.",
    other: "Dieser Name ist {count} Buchstaben zu lang.",
  },

  // where nothing is kept
  "connecting-unkept": "Verbinde… Was du schreibst, wird von selbst gesendet, außer du schließt diese Seite.",
};
