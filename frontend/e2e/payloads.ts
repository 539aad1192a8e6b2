/** What a script could be hidden in. Each tries to set `globalThis.injected`. */
const act = "globalThis.injected=true";

const events = [
  "onerror",
  "onload",
  "onclick",
  "onmouseover",
  "onfocus",
  "onanimationstart",
  "ontoggle",
  "onpointerenter",
  "onbegin",
  "onwheel",
];
const elements = [
  "img src=x",
  "svg",
  "body",
  "details open",
  "input autofocus",
  "video src=x",
  "marquee",
  "iframe",
];

/** Every event on every element. */
const handlers = elements.flatMap((element) => events.map((event) => `<${element} ${event}=${act}>`));

const addresses = [
  "javascript",
  "JaVaScRiPt",
  "java\tscript",
  "&#106;avascript",
  "vbscript",
  "data:text/html,",
].flatMap((scheme) => [`<a href="${scheme}:${act}">x</a>`, `[x](${scheme}:${act})`, `${scheme}:${act}`]);

const closers = [
  '"',
  "'",
  "`",
  "-->",
  "]]>",
  "</title>",
  "</textarea>",
  "</style>",
  "</script>",
  "</noscript>",
].flatMap((closer) => [
  `${closer}><script>${act}</script>`,
  `${closer}><svg/onload=${act}>`,
  `${closer} autofocus onfocus=${act} x=${closer}`,
]);

const templates = ["{{", "${", "<%=", "#{", "[[", "@("].flatMap((opener) => [
  `${opener}${act}`,
  `${opener}constructor.constructor('${act}')()`,
]);

const others = [
  `<script>${act}</script>`,
  `<scr<script>ipt>${act}</scr</script>ipt>`,
  `<math><mtext><table><mglyph><style><img src=x onerror=${act}>`,
  `<template><img src=x onerror=${act}></template>`,
  `<object data="data:text/html,<script>${act}</script>"></object>`,
  `<embed src="javascript:${act}">`,
  `<base href="javascript:${act}//">`,
  `<meta http-equiv=refresh content="0;javascript:${act}">`,
  `<link rel=import href="data:text/html,<script>${act}</script>">`,
  `<form action="javascript:${act}"><button>x</button></form>`,
  `%3Cscript%3E${act}%3C/script%3E`,
  `\\u003cscript\\u003e${act}\\u003c/script\\u003e`,
  `&lt;script&gt;${act}&lt;/script&gt;`,
  `\u202e<script>${act}</script>`,
  `\uff1cscript\uff1e${act}\uff1c/script\uff1e`,
  `__proto__`,
  `constructor`,
  `{"__proto__":{"injected":true}}`,
  `<x contenteditable onblur=${act}>x</x>`,
  `<style>@import "javascript:${act}";</style>`,
];

const all = [...others, ...addresses, ...closers, ...templates, ...handlers];
/** Told apart by a number where there are not enough of them. */
const repeated = all.map((payload, index) => `${index} ${payload}`);

/** A title has no control characters: the API refuses them, and that is not what is looked at here. */
export const payloads: readonly string[] = [...all, ...repeated]
  .map((payload) => payload.replaceAll("\t", " "))
  .slice(0, 200);
