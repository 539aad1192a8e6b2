import { storageKey } from "@/lib/storage/entry";

/**
 * Runs before anything is painted, so that neither the wrong theme nor the wrong page flashes up. It is one of the
 * inline scripts whose hash goes into the content security policy. Keys and shapes: `lib/storage/local.ts`.
 */
const script = `(function(){
try{var d=document.documentElement.dataset,r=function(k){return JSON.parse(localStorage.getItem(k))};
var t=r("${storageKey("theme", 1)}");if(t==="light"||t==="dark")d.theme=t;
var s=r("${storageKey("session", 1)}");if(s&&s.state==="in")d.session="known"}catch(e){}})()`;

export function BootScript() {
  // biome-ignore lint/security/noDangerouslySetInnerHtml: a constant of this file, nobody's input.
  return <script dangerouslySetInnerHTML={{ __html: script }} />;
}
