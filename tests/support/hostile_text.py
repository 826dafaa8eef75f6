"""What a hostile member writes: markup, and letters that turn text round, hide or pile up."""

TEXT_LIMIT = 8192  # characters of a sealed message that the server takes
ALIAS_LIMIT = 256  # bytes

OVERRIDE, ISOLATE, EMBED = "\u202e", "\u2067", "\u202b"
HEAP = "".join(map(chr, range(0x300, 0x340)))  # accents, each above or below the one before

MARKUP = [
    "<script>window.owned = 1</script>",
    "<img src=x onerror='window.owned = 1; alert(1)'>",
    "<svg/onload=window.owned=1><animate onbegin=window.owned=1 attributeName=x>",
    "<iframe srcdoc='<script>parent.owned = 1</script>'></iframe><object data='javascript:owned=1'></object>",
    "</p></div></li></ol><style>* { display: none }</style><base href=//elsewhere.example>",
    "<meta http-equiv=refresh content='0;url=https://elsewhere.example'><link rel=stylesheet href=//elsewhere.example>",
    "&lt;b&gt; &amp; &#60;script&#62; \\u003cscript\\u003e %3Cscript%3E",
    "{{constructor.constructor('window.owned = 1')()}} ${window.owned = 1} `${alert(1)}`",
    "'\"--></textarea></title></template><!-- <![CDATA[ <script>window.owned = 1</script> ]]>",
]
