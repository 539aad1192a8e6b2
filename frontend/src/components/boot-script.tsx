import { languages } from "@/lib/i18n/languages";
import { storageKey } from "@/lib/storage/entry";

/**
 * Runs before anything is painted, so that neither the wrong theme, the wrong page nor the wrong language flashes up.
 * It is one of the inline scripts whose hash goes into the content security policy. Keys and shapes:
 * `lib/storage/local.ts`; `data-wording` is taken away by `components/text-provider.tsx`.
 */
const script = `(function(){
try{var e=document.documentElement,d=e.dataset,r=function(k){return JSON.parse(localStorage.getItem(k))};
var t=r("${storageKey("theme", 1)}");if(t==="light"||t==="dark")d.theme=t;
var s=r("${storageKey("session", 1)}");if(s&&s.state==="in")d.session="known";
var l=r("${storageKey("language", 1)}"),k=${JSON.stringify(languages)};
if(k.indexOf(l)<0)l=navigator.languages.map(function(n){return n.split("-")[0].toLowerCase()}).filter(function(n){return k.indexOf(n)>=0})[0];
if(l&&l!=="en"){e.lang=l;d.wording="loading"}}catch(e){}})()`;

export function BootScript() {
  // biome-ignore lint/security/noDangerouslySetInnerHtml: a constant of this file, nobody's input.
  return <script dangerouslySetInnerHTML={{ __html: script }} />;
}
