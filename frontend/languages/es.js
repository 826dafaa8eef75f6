// Spanish. Translated by machine, not yet read by a speaker. CONTRIBUTING.md says how to mend it.

export default {
  // index.html: before there is anything else
  broken:
    "Una parte de esta página no ha llegado, no sirve para este navegador o para lo que una versión anterior dejó aquí. Vuelve a cargarla en un minuto; si no ayuda, prueba con otra red o con un navegador más nuevo.",
  "broken-again": "Volver a cargar",
  "broken-afresh": "Olvidar todo en este dispositivo y empezar de nuevo",
  unsafe: "En esta dirección no es seguro chatear",
  "unsafe-reason":
    "Tu navegador cifra lo que escribes, y solo lo hace en direcciones {1}. Sin eso, la página tendría que enviarlo todo sin cifrar; por eso no se inicia.",
  "unsafe-way": "Abre esta en su lugar: {1}",
  framed: "Se muestra dentro de otra página, que podría ser de cualquiera y llevarte a hacer clic con engaños.",
  "newer-version": "Hay una versión nueva de esta página.",
  "newer-load": "Cargarla",

  // the landing page
  slogan: "Abre una sala. Comparte su enlace. Habla.",
  invited: "Te invitan a {1}",
  "your-name": "Tu nombre",
  "another-name": "Otro nombre",
  "new-room": "Sala nueva",
  "another-room": "Otra sala",
  or: "o",
  "room-name": "Nombre de la sala",
  "room-name-example": "rincón del té",
  enter: "Entrar en la sala",
  "enter-as": "Entrar como {name}",
  "name-hint": "Quien adivine el nombre puede leerlo todo. Para una sala privada, usa «Sala nueva».",
  remember: "Recordar esta sala en este dispositivo",
  recent: "Salas en este dispositivo",
  forget: "Olvidar",
  "forget-room-named": "Olvidar {room}",
  "forget-sure": "¿Seguro?",
  "forget-everything": "Olvidar todo en este dispositivo",
  "forget-question": "¿Olvidar nombres, salas con sus enlaces y mensajes sin enviar?",
  keep: "Conservar",
  "forget-now": "Olvidar todo",
  language: "Idioma",
  "language-not-come": "Este idioma no ha llegado. Inténtalo más tarde.",
  mend: "Traducido por una máquina; aún no lo ha leído nadie que hable el idioma. ¿Algo suena mal? CONTRIBUTING.md, en las fuentes de este chat, dice cómo corregir un idioma.",
  opening: "Abriendo la sala…",
  sealed: "Sellado en tu navegador.",
  "sealed-more": "El servidor transmite lo que no puede leer.",
  minutes: "Se guarda unos minutos.",
  "minutes-more": "Lo justo para pasar un túnel; después, nada.",
  "no-account": "Sin cuenta.",
  "no-account-more": "Sin cookies, sin rastreadores, sin código ajeno.",

  // links and names of rooms
  "link-cut": "Este enlace no está entero: su clave se cortó o se cambió. Pídelo otra vez y cópialo completo.",
  "link-neither": "Este enlace no lleva a ninguna sala: no tiene ni clave ni nombre.",
  "link-no-name": "Este enlace no lleva a ninguna sala. {problem}",
  "room-name-empty": "El nombre de una sala tiene al menos un carácter.",
  "room-name-long": {
    one: "El nombre de una sala tiene como mucho {count} carácter.",
    many: "El nombre de una sala tiene como mucho {count} de caracteres.",
    other: "El nombre de una sala tiene como mucho {count} caracteres.",
  },
  "room-name-odd": "En este nombre hay algo que no es letra, cifra ni signo.",

  // coming and going
  forgetting: "Olvidando…",
  "keys-may-remain":
    "Puede que tus claves sigan en este dispositivo: el navegador no ha respondido. Vuelve a cargar la página. Si no ayuda, borra lo que este navegador guarda de este sitio.",
  "leave-unsent": {
    one: "{count} mensaje espera a enviarse, y esta sala no se recuerda. Sal otra vez para irte sin enviarlo.",
    many: "{count} de mensajes esperan a enviarse, y esta sala no se recuerda. Sal otra vez para irte sin enviarlos.",
    other: "{count} mensajes esperan a enviarse, y esta sala no se recuerda. Sal otra vez para irte sin enviarlos.",
  },
  "left-unsent": {
    one: "{count} mensaje espera a enviarse en {room}: vuelve a abrirla para eso.",
    many: "{count} de mensajes esperan a enviarse en {room}: vuelve a abrirla para eso.",
    other: "{count} mensajes esperan a enviarse en {room}: vuelve a abrirla para eso.",
  },
  "left-aside":
    "Lo que este navegador guardaba de esta sala no sirve para esta versión de la página: la sala se abre sin ello.",
  "not-lasting":
    "Este navegador no guarda ninguna clave para la página: al volver a cargarla, los demás verán en ti a otra persona.",
  "not-opened":
    "Esta sala no se ha abierto. Inténtalo otra vez o vuelve a cargar la página. Si no ayuda, quizá no sirva lo que una versión anterior dejó en este dispositivo: olvídalo, más abajo.",
  "not-whole": "Una parte de esta página no ha llegado. Vuelve a cargarla.",

  // the server
  checking: "Comprobando la conexión…",
  connecting: "Conectando… Lo que escribes se guarda y se enviará solo.",
  crowded: "Demasiadas entradas a la vez. Esta página lo intentará de nuevo por sí sola.",
  "server-bad_request": "El servidor no entiende lo que pide esta página. Vuelve a cargarla.",
  "server-not_joined": "Para el servidor no estás en esta sala.",
  "server-other": "El servidor lo ha rechazado.",
  "server-rate_limited": "Fue demasiado a la vez. Inténtalo de nuevo en un minuto.",
  "server-room_full": "Esta sala está llena.",
  "server-server_error": "Algo ha fallado en el servidor. Inténtalo de nuevo.",
  "server-too_long": "Es más largo de lo que el servidor permite.",
  "server-unknown_action": "El servidor no conoce lo que pide esta página. Vuelve a cargarla.",

  // the bar on top, and who is here
  "and-more": {
    one: "y {count} persona más",
    many: "y {count} de personas más",
    other: "y {count} personas más",
  },
  devices: "×{count}",
  encrypted: "Cifrado de extremo a extremo",
  guessable: "Nombre adivinable",
  "guessable-more": ": quien lo adivine puede leerlo todo",
  "has-your-name": "tiene tu nombre",
  here: { one: "{count} aquí", many: "{count} aquí", other: "{count} aquí" },
  "leave-room": "Salir de la sala",
  menu: "Menú",
  mute: "Silenciar",
  "mute-name": "Silenciar a {name}",
  "no-name": "(sin nombre)",
  "not-first": "no tuvo antes este nombre",
  "not-here": "(no está aquí)",
  people: "Personas",
  share: "Compartir",
  somebody: "Alguien",
  unmute: "Mostrar",
  "unmute-name": "Volver a mostrar a {name}",
  unverified: "Sin verificar",
  "who-is-here": "Quién está aquí",
  "you-tag": "(tú)",

  // the log
  earlier: "Mensajes anteriores",
  "earlier-full": "No se muestran más mensajes a la vez. Lo que se dijo antes vuelve cuando hayas pasado por el final.",
  "earlier-gone": "El servidor ya no guarda lo que se dijo antes.",
  gap: "Tu ausencia duró más de lo que se guardan los mensajes: puede que falten algunos.",
  invite: "Invitar a alguien",
  "new-messages": "Mensajes nuevos",
  newest: "Últimos mensajes",
  quiet: "Aquí hay silencio",
  "quiet-more": "Nadie ha dicho nada últimamente. Saluda o envía el enlace a alguien.",
  today: "Hoy",
  unseen: {
    one: "{count} mensaje nuevo",
    many: "{count} de mensajes nuevos",
    other: "{count} mensajes nuevos",
  },
  yesterday: "Ayer",

  // a message
  delete: "Borrar",
  "details-at": "Detalles, {time}",
  "details-short": "Detalles",
  late: "Escrito: {time}; llegó más tarde.",
  "late-ahead": "Según el reloj de quien lo escribió, era {time}.",
  namesake: "Tiene tu nombre, pero otra clave.",
  "not-sent": "No enviado. {problem}",
  "other-key": "No es {name} que habló antes: otra clave.",
  retry: "Reintentar",
  sending: "Enviando…",
  "waits-its-turn": "Espera su turno",

  // what is no message to be trusted
  conflict: "{name} {handle} firmó dos mensajes distintos como si fueran uno solo. El otro dice: {quote}",
  forged: "Un mensaje con la firma falsa: alguien lo cambió o se hace pasar por otra persona.",
  newer: "Un mensaje de una versión más nueva de esta página: vuelve a cargarla para verlo.",
  replayed: "Alguien envió otra vez lo que {name} {handle} escribió a las {time}: {quote}",
  undecryptable: "Un mensaje que la clave de esta sala no abre.",

  // for who listens
  does: "{name} {text}",
  "heard-earlier": {
    one: "{count} mensaje anterior",
    many: "{count} de mensajes anteriores",
    other: "{count} mensajes anteriores",
  },
  "heard-messages": { one: "{count} mensaje", many: "{count} de mensajes", other: "{count} mensajes" },
  "row-at": "{row}, {time}",
  says: "{name}: {text}",
  "who-borrows": "{name}, no es la persona que habló antes con este nombre",
  "who-handle": "{name}, {handle}",
  "who-namesake": "{name}, que tiene tu nombre",
  you: "Tú",

  // what one writes
  dismiss: "Cerrar",
  help: "/nick Ada – llamarte Ada\n/me saluda – decir qué haces\n/clear – vaciar esta pantalla\n/leave – salir de la sala\n/help – mostrar esto\n//me – decir «/me»: dos barras para un texto que empieza con una",
  "keys-hint": "Intro envía; Mayús e Intro hace una línea nueva.",
  left: "quedan {count}",
  message: "Mensaje",
  "name-needed": "Un nombre tiene al menos una letra. Por ejemplo: /nick Ada",
  over: "sobran {count}",
  renamed: "Ahora te llamas {name}.",
  "room-left": {
    one: "Queda sitio para {count} carácter.",
    many: "Queda sitio para {count} de caracteres.",
    other: "Queda sitio para {count} caracteres.",
  },
  send: "Enviar",
  "too-long": "Es demasiado largo para un solo mensaje.",
  "too-long-by": {
    one: "Es demasiado largo para un solo mensaje: sobra {count} byte.",
    many: "Es demasiado largo para un solo mensaje: sobran {count} de bytes.",
    other: "Es demasiado largo para un solo mensaje: sobran {count} bytes.",
  },
  unsendable: "Aquí no se pueden enviar imágenes ni archivos, solo texto.",
  "unknown-command": "No existe la orden /{name}. Dos barras envían el texto tal cual: //{name}",

  // what becomes of it
  "lost-key": "Este navegador ha perdido la clave con la que se escribió.",
  "not-encrypted": "Tu navegador no pudo cifrarlo.",
  "not-kept": "Este navegador no guarda nada para la página: no la cierres antes de que se envíe tu mensaje.",
  "not-sent-alarm": "Mensaje no enviado. {problem}",
  quick: "Eso fue rápido. Lo que escribes se enviará solo.",
  seconds: "{count} s",
  stale: "Se escribió hace un rato.",
  unconfirmed: "El servidor no lo ha confirmado.",

  // notifications
  "message-from": "Mensaje nuevo de {name}",

  // all dialogs, and the look for a newer version
  close: "Cerrar",
  "send-first": "Envía primero lo que has escrito: este navegador no guarda nada para la página.",

  // the dialog "Message details"
  arrived: "Llegó",
  "by-server": "{time}, según el reloj del servidor",
  "by-writer": "{time}, según el reloj de quien lo escribió",
  "cannot-copy": "Tu navegador no deja que la página copie.",
  copied: "Copiado.",
  "copy-text": "Copiar el texto",
  details: "Detalles del mensaje",
  "first-called": "Otra persona, {handle}, se llamó aquí {name} antes. Pueden ser dos personas.",
  from: "De",
  genuine: "Auténtico. Se selló con la clave de esta sala y lo firmó {handle}; nadie lo ha cambiado por el camino.",
  handle: "Seña",
  "hidden-here": "Oculto en este dispositivo. Nadie recibe aviso.",
  inside: "El nombre, las palabras, cuántas son y la firma van dentro, y solo el enlace de esta sala lo abre.",
  "kept-by-server": "Guardado por el servidor, unos minutos {1}",
  key: "Clave",
  "long-way": "Entre que se escribió y llegó pasó más tiempo de lo normal: se retuvo por el camino o un reloj va mal.",
  "nobody-knows": "Nadie lo sabe",
  "sent-to-server": "Enviado al servidor {1}",
  "server-sees": "Lo que ve el servidor",
  "shown-again": "Se muestra de nuevo.",
  "they-have-your-name": "Esta persona tiene tu nombre, pero otra clave.",
  "to-the-letter": "Esto, letra por letra. {1}",
  "was-sending": "En camino. El servidor aún no lo ha confirmado.",
  "was-sent": "Enviado. El servidor lo ha transmitido, con las mismas palabras que escribiste.",
  "was-waiting": "Espera su turno y se enviará solo.",
  written: "Escrito",
  "wrong-conflict": "{name}, {handle}, dio el mismo número a dos mensajes distintos. Este es el otro.",
  "wrong-forged":
    "Lo hizo alguien que tiene el enlace, pero la firma es falsa: se cambió o dice venir de otra persona.",
  "wrong-newer":
    "Lo hizo una versión más nueva de esta página con la clave de esta sala. Esta versión no puede leerlo: vuelve a cargar la página.",
  "wrong-replayed": "{name}, {handle}, sí escribió esto, pero fue otra persona quien lo envió de nuevo.",
  "wrong-undecryptable": "La clave de esta sala no lo abre. Lo hizo alguien sin el enlace, o se dañó por el camino.",

  // the dialog "Share this room"
  "copy-yourself": "Tu navegador no deja que la página copie. El enlace está seleccionado: cópialo de ahí.",
  "qr-code": "Código QR del enlace",
  "share-copy": "Copiar el enlace",
  "share-failed": "No se pudo compartir. Copia el enlace en su lugar.",
  "share-link": "El enlace a esta sala",
  "share-title": "Compartir esta sala",
  "share-with": "Compartir…",
  "warn-key":
    "Quien tenga este enlace puede leer la sala y escribir en ella. Envíalo solo a quienes quieras tener allí.",
  "warn-name": "Quien adivine el nombre de esta sala puede leerla y escribir en ella, con enlace o sin él.",

  // the dialog "Menu"
  elsewhere: "Cuando llega un mensaje y miras a otro lado",
  "forget-room": "Olvidar esta sala en este dispositivo",
  "forget-room-now": "Olvidarla ya",
  "forget-room-question":
    "Su enlace, tu clave en ella, tu borrador y lo que espera a enviarse desaparecerán de este dispositivo (salvo del historial del navegador). Volverás como otra persona. Lo que tienen los demás se queda con ellos.",
  "key-enter": "Intro",
  "key-escape": "Esc",
  "key-shift": "Mayús",
  "keys-arrows": "recorrer los mensajes",
  "keys-back": "volver a escribir, o cerrar un diálogo",
  "keys-commands": "Teclas y órdenes",
  "keys-send": "enviar",
  "name-everywhere": "Nombre en todas las salas",
  "name-is": "Este es tu nombre ahora.",
  "name-is-none": "Un nombre tiene al menos una letra o cifra.",
  "nobody-can-promise":
    "Nadie puede prometer que otros guarden un secreto: quien tiene el enlace lee lo que se guarda y puede copiarlo. Y esta misma página viene del servidor: uno deshonesto podría enviarte otra.",
  "not-allowed": "Tu navegador no lo permite. Sus ajustes para esta página pueden cambiarlo.",
  notification: "Mostrar una notificación",
  "notification-hint":
    "Dice quién escribió y, solo si quieres, qué: otras personas pueden ver tu pantalla. Para eso la página sigue conectada mientras miras a otro lado, mientras el dispositivo lo permita: los teléfonos detienen esas páginas al cabo de un rato.",
  "on-device": "En este dispositivo",
  "server-sees-not":
    "No ve el secreto del enlace, ni el nombre de la sala, ni tu nombre, ni una palabra de lo que se dice. {1}, en cada mensaje, lo muestra.",
  "server-sees-this":
    "Tu navegador sella nombres y mensajes antes de que salgan de él. Quien lleva el servidor ve tu dirección de red, qué conexiones comparten una sala, cuándo escribe alguien y más o menos cuánto. Guarda los mensajes sellados unos minutos.",
  sound: "Reproducir un sonido",
  theme: "Aspecto",
  "theme-dark": "Oscuro",
  "theme-light": "Claro",
  "theme-system": "Sistema",
  "use-name": "Usar este nombre",

  // the log as a whole, and being gone at once
  "notification-words": "Mostrar en ella lo escrito",
  conversation: "Esta conversación",
  "conversation-hint":
    "Tal como está en esta pantalla, con todas las señas y cada aviso. Se hace en este dispositivo y no se envía a ninguna parte; un archivo no está cifrado.",
  "save-text": "Guardar como texto",
  "save-page": "Guardar como página",
  print: "Imprimir",
  "clear-screen": "Vaciar la pantalla",
  "leave-at-once": "Irse de inmediato",
  "leave-hint":
    "«Salir y olvidar» no pregunta nada: el enlace de la sala, tu clave en ella, tu borrador y lo que espera a enviarse desaparecen de este dispositivo. «Salida rápida» hace lo mismo y muestra Wikipedia en lugar de esta página.",
  "leave-forget": "Salir y olvidar",
  "leave-limits":
    "No lo puede todo: el historial del navegador conserva esta página, con el enlace de la sala; quien lleva tu red o este ordenador puede saber que estuviste aquí; y lo que tienen los demás se queda con ellos.",
  "quick-exit": "Salida rápida",
  "quick-always": "Salida rápida junto al menú, y con Esc tres veces",
  "keys-line": "empezar una línea nueva; en una pantalla táctil basta Intro",
  "keys-messages": "de escribir a los mensajes",
  "keys-help": "mostrar esto; también Ctrl y /, y fuera de la escritura, ?",
  "keys-exit": "irse de inmediato, si la salida rápida está activada en el menú",
  "key-home": "Inicio",
  "key-end": "Fin",
  cleared: "Se vació esta pantalla, y solo esta. «Mensajes anteriores» los muestra de nuevo.",
  "file-named": "Una sala con un nombre adivinable",
  "file-open": "Sin cifrar: quien tenga este archivo puede leerlo.",
  "file-saved": "Guardado: {time}.",
  "file-you": "{handle}, tú",
  "not-saved": "Tu navegador no deja que la página guarde un archivo.",
  "saved-as": "Guardado como {name}.",
  "show-all": "Mostrar todo",
  "show-less": "Mostrar menos",
  forgotten:
    "Has salido de la sala, y este dispositivo la ha olvidado: su enlace, tu clave en ella, tu borrador y lo que esperaba a enviarse. Puede que siga en el historial del navegador.",

  // how long a name may be
  "alias-long": {
    one: "A este nombre le sobra {count} letra.",
    many: "A este nombre le sobran {count} de letras.",
    other: "A este nombre le sobran {count} letras.",
  },

  // where nothing is kept
  "connecting-unkept": "Conectando… Lo que escribes se enviará solo, salvo si cierras esta página.",
};
