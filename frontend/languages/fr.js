// French. Translated by machine, not yet read by a speaker. CONTRIBUTING.md says how to mend it.

export default {
  // index.html: before there is anything else
  broken:
    "Une partie de cette page n’est pas arrivée, ne convient pas à ce navigateur ou à ce qu’une version précédente a laissé ici. Rechargez-la dans une minute ; si cela ne suffit pas, essayez un autre réseau ou un navigateur plus récent.",
  "broken-again": "Recharger",
  "broken-afresh": "Tout oublier sur cet appareil et recommencer",
  unsafe: "Cette adresse n’est pas sûre pour discuter",
  "unsafe-reason":
    "Votre navigateur chiffre ce que vous écrivez, et il ne le fait que sur des adresses {1}. Sans cela, la page devrait tout envoyer en clair : elle ne démarre donc pas.",
  "unsafe-way": "Ouvrez plutôt celle-ci : {1}",
  framed:
    "Elle est affichée dans une autre page, qui peut appartenir à n’importe qui et vous pousser à cliquer par ruse.",
  "newer-version": "Une nouvelle version de cette page est là.",
  "newer-load": "La charger",

  // the landing page
  slogan: "Ouvrez un salon. Partagez son lien. Parlez.",
  invited: "On vous invite : {1}",
  "your-name": "Votre nom",
  "another-name": "Autre nom",
  "new-room": "Nouveau salon",
  "another-room": "Autre salon",
  or: "ou",
  "room-name": "Nom du salon",
  "room-name-example": "coin thé",
  enter: "Entrer",
  "enter-as": "Entrer : {name}",
  "name-hint": "Quiconque devine le nom peut tout lire. Pour un salon privé, choisissez « Nouveau salon ».",
  remember: "Retenir ce salon sur cet appareil",
  recent: "Salons sur cet appareil",
  forget: "Oublier",
  "forget-room-named": "Oublier {room}",
  "forget-sure": "Vraiment ?",
  "forget-everything": "Tout oublier sur cet appareil",
  "forget-question": "Oublier les noms, les salons et leurs liens, les messages non envoyés ?",
  keep: "Garder",
  "forget-now": "Tout oublier",
  language: "Langue",
  "language-not-come": "Cette langue n’est pas arrivée. Réessayez plus tard.",
  mend: "Traduit par une machine ; personne qui parle la langue ne l’a encore relu. Quelque chose sonne faux ? CONTRIBUTING.md, dans les sources de ce chat, dit comment corriger une langue.",
  opening: "Ouverture du salon…",
  sealed: "Scellé dans votre navigateur.",
  "sealed-more": "Le serveur transmet ce qu’il ne peut pas lire.",
  minutes: "Gardé quelques minutes.",
  "minutes-more": "Le temps de passer un tunnel, puis plus rien.",
  "no-account": "Pas de compte.",
  "no-account-more": "Ni cookies, ni traceurs, ni code de tiers.",

  // links and names of rooms
  "link-cut": "Ce lien n’est pas entier : sa clé a été coupée ou modifiée. Redemandez-le et copiez-le en entier.",
  "link-neither": "Ce lien ne mène à aucun salon : il n’a ni clé ni nom.",
  "link-no-name": "Ce lien ne mène à aucun salon. {problem}",
  "room-name-empty": "Le nom d’un salon a au moins un caractère.",
  "room-name-long": {
    one: "Le nom d’un salon a au plus {count} caractère.",
    many: "Le nom d’un salon a au plus {count} de caractères.",
    other: "Le nom d’un salon a au plus {count} caractères.",
  },
  "room-name-odd": "Ce nom contient quelque chose qui n’est ni lettre, ni chiffre, ni signe.",

  // coming and going
  forgetting: "Oubli en cours…",
  "keys-may-remain":
    "Vos clés sont peut-être encore sur cet appareil : le navigateur n’a pas répondu. Rechargez la page. Si cela ne suffit pas, effacez ce que ce navigateur a gardé de ce site.",
  "leave-unsent": {
    one: "{count} message attend d’être envoyé, et ce salon n’est pas retenu. Quittez-le encore une fois pour partir sans envoyer.",
    many: "{count} de messages attendent d’être envoyés, et ce salon n’est pas retenu. Quittez-le encore une fois pour partir sans envoyer.",
    other:
      "{count} messages attendent d’être envoyés, et ce salon n’est pas retenu. Quittez-le encore une fois pour partir sans envoyer.",
  },
  "left-unsent": {
    one: "{count} message attend d’être envoyé dans {room} : rouvrez-le pour cela.",
    many: "{count} de messages attendent d’être envoyés dans {room} : rouvrez-le pour cela.",
    other: "{count} messages attendent d’être envoyés dans {room} : rouvrez-le pour cela.",
  },
  "left-aside":
    "Ce que ce navigateur avait gardé de ce salon ne convient pas à cette version de la page : le salon s’ouvre sans cela.",
  "not-lasting":
    "Ce navigateur ne garde pas de clé pour la page : après un rechargement, les autres verront en vous une nouvelle personne.",
  "not-opened":
    "Ce salon ne s’est pas ouvert. Essayez encore une fois ou rechargez la page. Si cela ne suffit pas, ce qu’une version précédente a laissé sur cet appareil ne convient peut-être pas : oubliez-le, ci-dessous.",
  "not-whole": "Une partie de cette page n’est pas arrivée. Rechargez-la.",

  // the server
  checking: "Vérification de la connexion…",
  connecting: "Connexion… Ce que vous écrivez est gardé et partira de lui-même.",
  crowded: "Trop d’entrées à la fois. Cette page réessaie d’elle-même.",
  "server-bad_request": "Le serveur ne comprend pas ce que cette page demande. Rechargez-la.",
  "server-not_joined": "Pour le serveur, vous n’êtes pas dans ce salon.",
  "server-other": "Le serveur a refusé.",
  "server-rate_limited": "C’était trop à la fois. Réessayez dans une minute.",
  "server-room_full": "Ce salon est complet.",
  "server-server_error": "Quelque chose s’est mal passé sur le serveur. Réessayez.",
  "server-too_long": "C’est plus long que ce que le serveur permet.",
  "server-unknown_action": "Le serveur ne connaît pas ce que cette page demande. Rechargez-la.",

  // the bar on top, and who is here
  "and-more": {
    one: "et {count} autre personne",
    many: "et {count} d’autres personnes",
    other: "et {count} autres personnes",
  },
  devices: "×{count}",
  encrypted: "Chiffré de bout en bout",
  guessable: "Nom devinable",
  "guessable-more": " : quiconque le devine peut tout lire",
  "has-your-name": "porte votre nom",
  here: { one: "{count} ici", many: "{count} ici", other: "{count} ici" },
  "leave-room": "Quitter le salon",
  menu: "Menu",
  mute: "Masquer",
  "mute-name": "Masquer {name}",
  "no-name": "(sans nom)",
  "not-first": "n’a pas porté ce nom en premier",
  "not-here": "(pas ici)",
  people: "Personnes",
  share: "Partager",
  somebody: "Quelqu’un",
  unmute: "Afficher",
  "unmute-name": "Afficher {name}",
  unverified: "Identité non vérifiée",
  "who-is-here": "Qui est là",
  "you-tag": "(vous)",

  // the log
  earlier: "Messages précédents",
  "earlier-full":
    "On n’affiche pas plus de messages à la fois. Ce qui a été dit avant reviendra après un retour à la fin.",
  "earlier-gone": "Le serveur ne garde plus ce qui a été dit avant.",
  gap: "Votre absence a duré plus longtemps que les messages ne sont gardés : il peut en manquer.",
  invite: "Inviter quelqu’un",
  "new-messages": "Nouveaux messages",
  newest: "Derniers messages",
  quiet: "C’est calme ici",
  "quiet-more": "Personne n’a rien dit dernièrement. Dites bonjour, ou envoyez le lien à quelqu’un.",
  today: "Aujourd’hui",
  unseen: {
    one: "{count} nouveau message",
    many: "{count} de nouveaux messages",
    other: "{count} nouveaux messages",
  },
  yesterday: "Hier",

  // a message
  delete: "Supprimer",
  "details-at": "Détails, {time}",
  "details-short": "Détails",
  late: "Écrit : {time}, arrivé plus tard.",
  "late-ahead": "Selon l’horloge de qui l’a écrit, c’était {time}.",
  namesake: "Porte votre nom, mais une autre clé.",
  "not-sent": "Non envoyé. {problem}",
  "other-key": "Ce n’est pas {name} qui parlait avant : une autre clé.",
  retry: "Réessayer",
  sending: "Envoi…",
  "waits-its-turn": "Attend son tour",

  // what is no message to be trusted
  conflict: "{name} {handle} a signé deux messages différents comme s’ils n’en faisaient qu’un. L’autre dit : {quote}",
  forged: "Un message dont la signature est fausse : quelqu’un l’a modifié, ou se fait passer pour une autre personne.",
  newer: "Un message d’une version plus récente de cette page : rechargez pour le voir.",
  replayed: "Quelqu’un a renvoyé ce que {name} {handle} a écrit à {time} : {quote}",
  undecryptable: "Un message que la clé de ce salon n’ouvre pas.",

  // for who listens
  does: "{name} {text}",
  "heard-earlier": {
    one: "{count} message précédent",
    many: "{count} de messages précédents",
    other: "{count} messages précédents",
  },
  "heard-messages": { one: "{count} message", many: "{count} de messages", other: "{count} messages" },
  "row-at": "{row}, {time}",
  says: "{name} : {text}",
  "who-borrows": "{name}, pas la personne qui parlait avant sous ce nom",
  "who-handle": "{name}, {handle}",
  "who-namesake": "{name}, qui porte votre nom",
  you: "Vous",

  // what one writes
  dismiss: "Fermer",
  help: "/nick Ada – s’appeler Ada\n/me fait signe – dire ce que vous faites\n/clear – vider cet écran\n/leave – quitter le salon\n/help – afficher ceci\n//me – dire « /me » : deux barres pour un texte qui commence par une",
  "keys-hint": "Entrée envoie, Maj et Entrée fait une nouvelle ligne.",
  left: "reste {count}",
  message: "Message",
  "name-needed": "Un nom a au moins une lettre. Par exemple : /nick Ada",
  over: "{count} de trop",
  renamed: "Vous vous appelez maintenant {name}.",
  "room-left": {
    one: "Il reste de la place pour {count} caractère.",
    many: "Il reste de la place pour {count} de caractères.",
    other: "Il reste de la place pour {count} caractères.",
  },
  send: "Envoyer",
  "too-long": "C’est trop long pour un seul message.",
  "too-long-by": {
    one: "C’est trop long de {count} octet pour un seul message.",
    many: "C’est trop long de {count} d’octets pour un seul message.",
    other: "C’est trop long de {count} octets pour un seul message.",
  },
  unsendable: "On ne peut envoyer ici ni images ni fichiers, seulement du texte.",
  "unknown-command": "La commande /{name} n’existe pas. Deux barres envoient le texte tel quel : //{name}",

  // what becomes of it
  "lost-key": "Ce navigateur a perdu la clé avec laquelle il a été écrit.",
  "not-encrypted": "Votre navigateur n’a pas pu le chiffrer.",
  "not-kept": "Ce navigateur ne garde rien pour la page : ne la fermez pas avant que votre message soit envoyé.",
  "not-sent-alarm": "Message non envoyé. {problem}",
  quick: "C’était rapide. Ce que vous écrivez partira de lui-même.",
  seconds: "{count} s",
  stale: "Il a été écrit il y a un moment.",
  unconfirmed: "Le serveur ne l’a pas confirmé.",

  // notifications
  "message-from": "Nouveau message de {name}",

  // all dialogs, and the look for a newer version
  close: "Fermer",
  "send-first": "Envoyez d’abord ce que vous avez écrit : ce navigateur ne garde rien pour la page.",

  // the dialog "Message details"
  arrived: "Arrivé",
  "by-server": "{time}, selon l’horloge du serveur",
  "by-writer": "{time}, selon l’horloge de qui l’a écrit",
  "cannot-copy": "Votre navigateur ne laisse pas la page copier.",
  copied: "Copié.",
  "copy-text": "Copier le texte",
  details: "Détails du message",
  "first-called":
    "Une autre personne, {handle}, s’est appelée {name} ici en premier. Ce sont peut-être deux personnes.",
  from: "De",
  genuine:
    "Authentique. Il a été scellé avec la clé de ce salon et signé par {handle} ; personne ne l’a modifié en chemin.",
  handle: "Repère",
  "hidden-here": "Masqué sur cet appareil. Personne n’en est averti.",
  inside: "Le nom, les mots, leur nombre et la signature sont dedans, et seul le lien de ce salon l’ouvre.",
  "kept-by-server": "Gardé par le serveur, quelques minutes {1}",
  key: "Clé",
  "long-way":
    "Entre son écriture et son arrivée, il s’est passé plus de temps que d’habitude : il a été retenu en chemin, ou une horloge se trompe.",
  "nobody-knows": "Personne ne le sait",
  "sent-to-server": "Envoyé au serveur {1}",
  "server-sees": "Ce que voit le serveur",
  "shown-again": "De nouveau affiché.",
  "they-have-your-name": "Cette personne porte votre nom, mais une autre clé.",
  "to-the-letter": "Ceci, à la lettre près. {1}",
  "was-sending": "En route. Le serveur ne l’a pas encore confirmé.",
  "was-sent": "Envoyé. Le serveur l’a transmis, avec les mots mêmes que vous avez écrits.",
  "was-waiting": "Il attend son tour et partira de lui-même.",
  written: "Écrit",
  "wrong-conflict": "{name}, {handle}, a donné le même numéro à deux messages différents. Voici l’autre.",
  "wrong-forged":
    "Quelqu’un qui a le lien l’a fait, mais sa signature est fausse : il a été modifié, ou prétend venir d’une autre personne.",
  "wrong-newer":
    "Une version plus récente de cette page l’a fait avec la clé de ce salon. Cette version ne peut pas le lire : rechargez la page.",
  "wrong-replayed": "{name}, {handle}, a bien écrit ceci, mais c’est une autre personne qui l’a renvoyé.",
  "wrong-undecryptable":
    "La clé de ce salon ne l’ouvre pas. Quelqu’un sans le lien l’a fait, ou il a été abîmé en chemin.",

  // the dialog "Share this room"
  "copy-yourself": "Votre navigateur ne laisse pas la page copier. Le lien est sélectionné : copiez-le de là.",
  "qr-code": "Code QR du lien",
  "share-copy": "Copier le lien",
  "share-failed": "Le partage n’a pas fonctionné. Copiez plutôt le lien.",
  "share-link": "Le lien vers ce salon",
  "share-title": "Partager ce salon",
  "share-with": "Partager…",
  "warn-key":
    "Quiconque a ce lien peut lire le salon et y écrire. Envoyez-le seulement aux personnes que vous voulez y voir.",
  "warn-name": "Quiconque devine le nom de ce salon peut le lire et y écrire, avec ou sans le lien.",

  // the dialog "Menu"
  elsewhere: "Quand un message arrive et que vous regardez ailleurs",
  "forget-room": "Oublier ce salon sur cet appareil",
  "forget-room-now": "Oublier maintenant",
  "forget-room-question":
    "Son lien, votre clé dans ce salon, votre brouillon et ce qui attend d’être envoyé disparaîtront de cet appareil (sauf de l’historique du navigateur). Vous reviendrez comme une nouvelle personne. Ce que les autres ont reste chez eux.",
  "key-enter": "Entrée",
  "key-escape": "Échap",
  "key-shift": "Maj",
  "keys-arrows": "parcourir les messages",
  "keys-back": "revenir à l’écriture, ou fermer une fenêtre",
  "keys-commands": "Touches et commandes",
  "keys-send": "envoyer",
  "name-everywhere": "Nom dans tous les salons",
  "name-is": "C’est votre nom maintenant.",
  "name-is-none": "Un nom a au moins une lettre ou un chiffre.",
  "nobody-can-promise":
    "Personne ne peut promettre que les autres gardent un secret : qui a le lien lit ce qui est gardé et peut le copier. Et cette page elle-même vient du serveur : s’il est malhonnête, il pourrait vous en envoyer une autre.",
  "not-allowed": "Votre navigateur ne le permet pas. Ses réglages pour cette page peuvent changer cela.",
  notification: "Afficher une notification",
  "notification-hint":
    "Elle dit qui a écrit, et seulement si vous le voulez, quoi : d’autres peuvent voir votre écran. Pour cela, la page reste connectée pendant que vous regardez ailleurs, tant que l’appareil le permet : les téléphones arrêtent de telles pages au bout d’un moment.",
  "on-device": "Sur cet appareil",
  "server-sees-not":
    "Il ne voit ni le secret du lien, ni le nom du salon, ni votre nom, ni un mot de ce qui est dit. {1}, sur chaque message, le montre.",
  "server-sees-this":
    "Votre navigateur scelle les noms et les messages avant qu’ils ne le quittent. Qui gère le serveur voit votre adresse réseau, quelles connexions partagent un salon, quand quelqu’un écrit, et à peu près combien. Il garde les messages scellés quelques minutes.",
  sound: "Jouer un son",
  theme: "Apparence",
  "theme-dark": "Sombre",
  "theme-light": "Clair",
  "theme-system": "Système",
  "use-name": "Prendre ce nom",

  // the log as a whole, and being gone at once
  "notification-words": "Y montrer ce qui est écrit",
  conversation: "Cette conversation",
  "conversation-hint":
    "Telle qu’elle est à l’écran, avec tous les repères et chaque avertissement. Elle est faite sur cet appareil et n’est envoyée nulle part ; un fichier n’est pas chiffré.",
  "save-text": "Enregistrer en texte",
  "save-page": "Enregistrer en page",
  print: "Imprimer",
  "clear-screen": "Vider l’écran",
  "leave-at-once": "Partir tout de suite",
  "leave-hint":
    "« Partir et oublier » ne demande rien : le lien du salon, votre clé dans ce salon, votre brouillon et ce qui attend d’être envoyé disparaissent de cet appareil. « Sortie rapide » fait de même et affiche Wikipédia à la place de cette page.",
  "leave-forget": "Partir et oublier",
  "leave-limits":
    "Cela ne peut pas tout : l’historique du navigateur garde cette page, avec le lien du salon ; qui gère votre réseau ou cet ordinateur peut savoir que vous étiez ici ; et ce que les autres ont reste chez eux.",
  "quick-exit": "Sortie rapide",
  "quick-always": "Sortie rapide à côté du menu, et par trois fois Échap",
  "keys-line": "commencer une nouvelle ligne ; sur un écran tactile, Entrée suffit",
  "keys-messages": "aller de l’écriture aux messages",
  "keys-help": "afficher ceci ; aussi Ctrl et /, et hors de l’écriture, ?",
  "keys-exit": "partir tout de suite, si la sortie rapide est activée dans le menu",
  "key-home": "Début",
  "key-end": "Fin",
  cleared: "Cet écran a été vidé, et seulement celui-ci. « Messages précédents » les affiche de nouveau.",
  "file-named": "Un salon au nom devinable",
  "file-open": "Non chiffré : quiconque a ce fichier peut le lire.",
  "file-saved": "Enregistré : {time}.",
  "file-you": "{handle}, vous",
  "not-saved": "Votre navigateur ne laisse pas la page enregistrer un fichier.",
  "saved-as": "Enregistré sous {name}.",
  "show-all": "Tout afficher",
  "show-less": "Afficher moins",
  forgotten:
    "Vous avez quitté le salon, et il est oublié sur cet appareil : son lien, votre clé, votre brouillon et ce qui attendait d’être envoyé. L’historique du navigateur le garde peut-être encore.",

  // how long a name may be
  "alias-long": {
    one: "Ce nom est trop long de {count} lettre.",
    many: "Ce nom est trop long de {count} de lettres.",
    other: "Ce nom est trop long de {count} lettres.",
  },

  // where nothing is kept
  "connecting-unkept": "Connexion… Ce que vous écrivez partira de lui-même, sauf si vous fermez cette page.",
};
