// Portuguese. Translated by machine, not yet read by a speaker. CONTRIBUTING.md says how to mend it.

export default {
  // index.html: before there is anything else
  broken:
    "Uma parte desta página não chegou, não serve para este navegador ou para o que uma versão anterior deixou aqui. Carregue de novo em um minuto; se não ajudar, tente outra rede ou um navegador mais novo.",
  "broken-again": "Carregar de novo",
  "broken-afresh": "Esquecer tudo neste dispositivo e recomeçar",
  unsafe: "Neste endereço não é seguro conversar",
  "unsafe-reason":
    "O navegador criptografa o que você escreve, e só faz isso em endereços {1}. Sem isso, a página teria de enviar tudo às claras; por isso não começa.",
  "unsafe-way": "Abra este no lugar: {1}",
  framed: "Ela aparece dentro de outra página, que pode ser de qualquer um e levar você a clicar por engano.",
  "newer-version": "Há uma nova versão desta página.",
  "newer-load": "Carregar",

  // the landing page
  slogan: "Abra uma sala. Compartilhe o link. Converse.",
  invited: "Convite para {1}",
  "your-name": "Seu nome",
  "another-name": "Outro nome",
  "new-room": "Nova sala",
  "another-room": "Outra sala",
  or: "ou",
  "room-name": "Nome da sala",
  "room-name-example": "cantinho do chá",
  enter: "Entrar na sala",
  "enter-as": "Entrar como {name}",
  "name-hint": "Quem adivinhar o nome pode ler tudo. Para uma sala privada, use “Nova sala”.",
  remember: "Lembrar esta sala neste dispositivo",
  recent: "Salas neste dispositivo",
  forget: "Esquecer",
  "forget-room-named": "Esquecer {room}",
  "forget-sure": "Esquecer?",
  "forget-everything": "Esquecer tudo neste dispositivo",
  "forget-question": "Esquecer nomes, salas com seus links e mensagens não enviadas?",
  keep: "Manter",
  "forget-now": "Esquecer tudo",
  language: "Idioma",
  "language-not-come": "Este idioma não chegou. Tente de novo mais tarde.",
  mend: "Traduzido por máquina; ninguém que fale o idioma leu ainda. Algo soa errado? CONTRIBUTING.md, nas fontes deste chat, diz como corrigir um idioma.",
  opening: "Abrindo a sala…",
  sealed: "Selado no seu navegador.",
  "sealed-more": "O servidor repassa o que não consegue ler.",
  minutes: "Guardado por minutos.",
  "minutes-more": "O bastante para passar um túnel; depois some.",
  "no-account": "Sem conta.",
  "no-account-more": "Sem cookies, sem rastreadores, sem código de terceiros.",

  // links and names of rooms
  "link-cut": "Este link não está inteiro: a chave foi cortada ou alterada. Peça de novo e copie o link todo.",
  "link-neither": "Este link não leva a nenhuma sala: não tem chave nem nome.",
  "link-no-name": "Este link não leva a nenhuma sala. {problem}",
  "room-name-empty": "O nome de uma sala tem pelo menos um caractere.",
  "room-name-long": {
    one: "O nome de uma sala tem no máximo {count} caractere.",
    many: "O nome de uma sala tem no máximo {count} de caracteres.",
    other: "O nome de uma sala tem no máximo {count} caracteres.",
  },
  "room-name-odd": "Neste nome há algo que não é letra, algarismo nem sinal.",

  // coming and going
  forgetting: "Esquecendo…",
  "keys-may-remain":
    "Suas chaves talvez ainda estejam neste dispositivo: o navegador não respondeu. Carregue a página de novo. Se não ajudar, apague o que este navegador guardou deste site.",
  "leave-unsent": {
    one: "{count} mensagem espera para ser enviada, e esta sala não é lembrada. Saia mais uma vez para ir sem enviar.",
    many: "{count} de mensagens esperam para ser enviadas, e esta sala não é lembrada. Saia mais uma vez para ir sem enviar.",
    other:
      "{count} mensagens esperam para ser enviadas, e esta sala não é lembrada. Saia mais uma vez para ir sem enviar.",
  },
  "left-unsent": {
    one: "{count} mensagem espera para ser enviada em {room}: abra a sala de novo para isso.",
    many: "{count} de mensagens esperam para ser enviadas em {room}: abra a sala de novo para isso.",
    other: "{count} mensagens esperam para ser enviadas em {room}: abra a sala de novo para isso.",
  },
  "left-aside": "O que este navegador guardou desta sala não serve para esta versão da página: a sala abre sem isso.",
  "not-lasting":
    "Este navegador não guarda chave para a página: depois de recarregar, os outros verão em você uma nova pessoa.",
  "not-opened":
    "Esta sala não abriu. Tente mais uma vez ou carregue a página de novo. Se não ajudar, talvez não sirva o que uma versão anterior deixou neste dispositivo: esqueça isso, abaixo.",
  "not-whole": "Uma parte desta página não chegou. Carregue de novo.",

  // the server
  checking: "Verificando a conexão…",
  connecting: "Conectando… O que você escreve fica guardado e segue sozinho.",
  crowded: "Muitas entradas ao mesmo tempo. Esta página tenta de novo sozinha.",
  "server-bad_request": "O servidor não entende o que esta página pede. Carregue de novo.",
  "server-not_joined": "Para o servidor, você não está nesta sala.",
  "server-other": "O servidor recusou.",
  "server-rate_limited": "Foi demais de uma vez. Tente de novo em um minuto.",
  "server-room_full": "Esta sala está cheia.",
  "server-server_error": "Algo deu errado no servidor. Tente de novo.",
  "server-too_long": "É mais longo do que o servidor permite.",
  "server-unknown_action": "O servidor não conhece o que esta página pede. Carregue de novo.",

  // the bar on top, and who is here
  "and-more": {
    one: "e mais {count} pessoa",
    many: "e mais {count} de pessoas",
    other: "e mais {count} pessoas",
  },
  devices: "×{count}",
  encrypted: "Criptografia de ponta a ponta",
  guessable: "Nome adivinhável",
  "guessable-more": ": quem o adivinhar pode ler tudo",
  "has-your-name": "tem o seu nome",
  here: { one: "{count} aqui", many: "{count} aqui", other: "{count} aqui" },
  "leave-room": "Sair da sala",
  menu: "Menu",
  mute: "Silenciar",
  "mute-name": "Silenciar {name}",
  "no-name": "(sem nome)",
  "not-first": "não teve este nome primeiro",
  "not-here": "(não está aqui)",
  people: "Pessoas",
  share: "Compartilhar",
  somebody: "Alguém",
  unmute: "Mostrar",
  "unmute-name": "Voltar a mostrar {name}",
  unverified: "Sem verificação",
  "who-is-here": "Quem está aqui",
  "you-tag": "(você)",

  // the log
  earlier: "Mensagens anteriores",
  "earlier-full":
    "Não se mostram mais mensagens de uma vez. O que foi dito antes volta depois que você passar pelo fim.",
  "earlier-gone": "O servidor não guarda mais o que foi dito antes.",
  gap: "Sua ausência durou mais do que as mensagens são guardadas: podem faltar algumas.",
  invite: "Convidar alguém",
  "new-messages": "Novas mensagens",
  newest: "Últimas mensagens",
  quiet: "Aqui está quieto",
  "quiet-more": "Ninguém disse nada ultimamente. Diga olá ou envie o link a alguém.",
  today: "Hoje",
  unseen: {
    one: "{count} nova mensagem",
    many: "{count} de novas mensagens",
    other: "{count} novas mensagens",
  },
  yesterday: "Ontem",

  // a message
  delete: "Apagar",
  "details-at": "Detalhes, {time}",
  "details-short": "Detalhes",
  late: "Escrita: {time}; chegou mais tarde.",
  "late-ahead": "Pelo relógio de quem escreveu, era {time}.",
  namesake: "Tem o seu nome, mas outra chave.",
  "not-sent": "Não enviada. {problem}",
  "other-key": "Não é {name} que falou antes: outra chave.",
  retry: "Tentar de novo",
  sending: "Enviando…",
  "waits-its-turn": "Espera a vez",

  // what is no message to be trusted
  conflict: "{name} {handle} assinou duas mensagens diferentes como se fossem uma só. A outra diz: {quote}",
  forged: "Uma mensagem com assinatura falsa: alguém a alterou ou se passa por outra pessoa.",
  newer: "Uma mensagem de uma versão mais nova desta página: recarregue para ver.",
  replayed: "Alguém enviou de novo o que {name} {handle} escreveu às {time}: {quote}",
  undecryptable: "Uma mensagem que a chave desta sala não abre.",

  // for who listens
  does: "{name} {text}",
  "heard-earlier": {
    one: "{count} mensagem anterior",
    many: "{count} de mensagens anteriores",
    other: "{count} mensagens anteriores",
  },
  "heard-messages": { one: "{count} mensagem", many: "{count} de mensagens", other: "{count} mensagens" },
  "row-at": "{row}, {time}",
  says: "{name}: {text}",
  "who-borrows": "{name}, não é a pessoa que falou antes com este nome",
  "who-handle": "{name}, {handle}",
  "who-namesake": "{name}, que tem o seu nome",
  you: "Você",

  // what one writes
  dismiss: "Fechar",
  help: "/nick Ada – chamar-se Ada\n/me acena – dizer o que você faz\n/clear – limpar esta tela\n/leave – sair da sala\n/help – mostrar isto\n//me – dizer “/me”: duas barras para um texto que começa com uma",
  "keys-hint": "Enter envia; Shift e Enter faz uma nova linha.",
  left: "restam {count}",
  message: "Mensagem",
  "name-needed": "Um nome tem pelo menos uma letra. Por exemplo: /nick Ada",
  over: "sobram {count}",
  renamed: "Agora seu nome é {name}.",
  "room-left": {
    one: "Há espaço para mais {count} caractere.",
    many: "Há espaço para mais {count} de caracteres.",
    other: "Há espaço para mais {count} caracteres.",
  },
  send: "Enviar",
  "too-long": "É longo demais para uma só mensagem.",
  "too-long-by": {
    one: "É longo demais para uma só mensagem: sobra {count} byte.",
    many: "É longo demais para uma só mensagem: sobram {count} de bytes.",
    other: "É longo demais para uma só mensagem: sobram {count} bytes.",
  },
  unsendable: "Aqui não se enviam imagens nem arquivos, só texto.",
  "unknown-command": "O comando /{name} não existe. Duas barras enviam o texto como está: //{name}",

  // what becomes of it
  "lost-key": "Este navegador perdeu a chave com que ela foi escrita.",
  "not-encrypted": "Seu navegador não conseguiu criptografá-la.",
  "not-kept": "Este navegador não guarda nada para a página: não a feche antes de sua mensagem ser enviada.",
  "not-sent-alarm": "Mensagem não enviada. {problem}",
  quick: "Foi rápido. O que você escreve segue sozinho.",
  seconds: "{count} s",
  stale: "Foi escrita há algum tempo.",
  unconfirmed: "O servidor não a confirmou.",

  // notifications
  "message-from": "Nova mensagem de {name}",

  // all dialogs, and the look for a newer version
  close: "Fechar",
  "send-first": "Envie primeiro o que você escreveu: este navegador não guarda nada para a página.",

  // the dialog "Message details"
  arrived: "Chegou",
  "by-server": "{time}, pelo relógio do servidor",
  "by-writer": "{time}, pelo relógio de quem escreveu",
  "cannot-copy": "Seu navegador não deixa a página copiar.",
  copied: "Copiado.",
  "copy-text": "Copiar o texto",
  details: "Detalhes da mensagem",
  "first-called": "Outra pessoa, {handle}, já se chamava {name} aqui antes. Podem ser duas pessoas.",
  from: "De",
  genuine: "Autêntica. Foi selada com a chave desta sala e assinada por {handle}; ninguém a alterou no caminho.",
  handle: "Sinal",
  "hidden-here": "Oculta neste dispositivo. Ninguém é avisado.",
  inside: "O nome, as palavras, quantas são e a assinatura estão dentro, e só o link desta sala abre isso.",
  "kept-by-server": "Guardado pelo servidor, por alguns minutos {1}",
  key: "Chave",
  "long-way":
    "Entre a escrita e a chegada passou mais tempo do que o normal: ela ficou retida no caminho ou um relógio está errado.",
  "nobody-knows": "Ninguém sabe",
  "sent-to-server": "Enviado ao servidor {1}",
  "server-sees": "O que o servidor vê",
  "shown-again": "Aparece de novo.",
  "they-have-your-name": "Esta pessoa tem o seu nome, mas outra chave.",
  "to-the-letter": "Isto, letra por letra. {1}",
  "was-sending": "A caminho. O servidor ainda não a confirmou.",
  "was-sent": "Enviada. O servidor a repassou, com as mesmas palavras que você escreveu.",
  "was-waiting": "Espera a vez e segue sozinha.",
  written: "Escrita",
  "wrong-conflict": "{name}, {handle}, deu o mesmo número a duas mensagens diferentes. Esta é a outra.",
  "wrong-forged":
    "Foi feita por alguém que tem o link, mas a assinatura está errada: foi alterada ou diz ser de outra pessoa.",
  "wrong-newer":
    "Uma versão mais nova desta página a fez com a chave desta sala. Esta versão não consegue ler: recarregue a página.",
  "wrong-replayed": "{name}, {handle}, escreveu isto mesmo, mas foi outra pessoa que enviou de novo.",
  "wrong-undecryptable": "A chave desta sala não a abre. Foi feita por alguém sem o link, ou se danificou no caminho.",

  // the dialog "Share this room"
  "copy-yourself": "Seu navegador não deixa a página copiar. O link está selecionado: copie dali.",
  "qr-code": "Código QR do link",
  "share-copy": "Copiar o link",
  "share-failed": "Não deu para compartilhar. Copie o link.",
  "share-link": "O link para esta sala",
  "share-title": "Compartilhar esta sala",
  "share-with": "Compartilhar…",
  "warn-key": "Quem tem este link pode ler a sala e escrever nela. Envie só a pessoas que você quer ali.",
  "warn-name": "Quem adivinhar o nome desta sala pode ler e escrever nela, com ou sem o link.",

  // the dialog "Menu"
  elsewhere: "Quando chega uma mensagem e você olha para outro lado",
  "forget-room": "Esquecer esta sala neste dispositivo",
  "forget-room-now": "Esquecer agora",
  "forget-room-question":
    "O link, sua chave nela, seu rascunho e o que espera para ser enviado somem deste dispositivo (menos do histórico do navegador). Você volta como uma nova pessoa. O que os outros têm fica com eles.",
  "key-enter": "Enter",
  "key-escape": "Esc",
  "key-shift": "Shift",
  "keys-arrows": "percorrer as mensagens",
  "keys-back": "voltar a escrever, ou fechar um diálogo",
  "keys-commands": "Teclas e comandos",
  "keys-send": "enviar",
  "name-everywhere": "Nome em todas as salas",
  "name-is": "Este é o seu nome agora.",
  "name-is-none": "Um nome tem pelo menos uma letra ou algarismo.",
  "nobody-can-promise":
    "Ninguém pode prometer que os outros guardem segredo: quem tem o link lê o que está guardado e pode copiar. E esta própria página vem do servidor: um desonesto poderia mandar outra a você.",
  "not-allowed": "Seu navegador não permite. As configurações dele para esta página podem mudar isso.",
  notification: "Mostrar uma notificação",
  "notification-hint":
    "Diz quem escreveu e, só se você quiser, o quê: outras pessoas podem ver sua tela. Para isso a página continua conectada enquanto você olha para outro lado, enquanto o dispositivo deixar: telefones param essas páginas depois de um tempo.",
  "on-device": "Neste dispositivo",
  "server-sees-not":
    "Não vê o segredo do link, o nome da sala, o seu nome nem uma palavra do que se diz. {1}, em cada mensagem, mostra isso.",
  "server-sees-this":
    "Seu navegador sela nomes e mensagens antes que saiam dele. Quem mantém o servidor vê seu endereço de rede, que conexões dividem uma sala, quando alguém escreve e mais ou menos quanto. Ele guarda as mensagens seladas por alguns minutos.",
  sound: "Tocar um som",
  theme: "Aparência",
  "theme-dark": "Escuro",
  "theme-light": "Claro",
  "theme-system": "Sistema",
  "use-name": "Usar este nome",

  // the log as a whole, and being gone at once
  "notification-words": "Mostrar nela o que foi escrito",
  conversation: "Esta conversa",
  "conversation-hint":
    "Como está nesta tela, com todos os sinais e cada aviso. É feita neste dispositivo e não é enviada a lugar nenhum; um arquivo não é criptografado.",
  "save-text": "Salvar como texto",
  "save-page": "Salvar como página",
  print: "Imprimir",
  "clear-screen": "Limpar a tela",
  "leave-at-once": "Sair na hora",
  "leave-hint":
    "“Sair e esquecer” não pergunta nada: o link da sala, sua chave nela, seu rascunho e o que espera para ser enviado somem deste dispositivo. “Saída rápida” faz o mesmo e mostra a Wikipédia no lugar desta página.",
  "leave-forget": "Sair e esquecer",
  "leave-limits":
    "Não pode tudo: o histórico do navegador ainda lista esta página, com o link da sala; quem mantém sua rede ou este computador pode saber que você esteve aqui; e o que os outros têm fica com eles.",
  "quick-exit": "Saída rápida",
  "quick-always": "Saída rápida ao lado do menu, e com Esc três vezes",
  "keys-line": "começar uma nova linha; numa tela de toque basta Enter",
  "keys-messages": "da escrita às mensagens",
  "keys-help": "mostrar isto; também Ctrl e /, e fora da escrita, ?",
  "keys-exit": "sair na hora, se a saída rápida estiver ativada no menu",
  "key-home": "Home",
  "key-end": "End",
  cleared: "Esta tela foi limpa, e só esta. “Mensagens anteriores” mostra de novo.",
  "file-named": "Uma sala com um nome adivinhável",
  "file-open": "Sem criptografia: quem tem este arquivo pode ler.",
  "file-saved": "Salvo: {time}.",
  "file-you": "{handle}, você",
  "not-saved": "Seu navegador não deixa a página salvar um arquivo.",
  "saved-as": "Salvo como {name}.",
  "show-all": "Mostrar tudo",
  "show-less": "Mostrar menos",
  forgotten:
    "Você saiu da sala, e este dispositivo a esqueceu: o link, sua chave nela, seu rascunho e o que esperava para ser enviado. O histórico do navegador talvez ainda a liste.",

  // how long a name may be
  "alias-long": {
    one: "Este nome tem {count} letra a mais.",
    many: "Este nome tem {count} de letras a mais.",
    other: "Este nome tem {count} letras a mais.",
  },

  // where nothing is kept
  "connecting-unkept": "Conectando… O que você escreve segue sozinho, a menos que feche esta página.",
};
