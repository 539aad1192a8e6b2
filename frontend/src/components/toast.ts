import type { ExternalToast } from "sonner";
import { isolate } from "@/lib/isolate";

const load = () => import("sonner");

let isUsed = false;

type Tone = "message" | "warning" | "error";

/** Shows a toast. The library comes with the first one: no page needs it to be usable. */
export async function notify(tone: Tone, title: string, options: ExternalToast = {}): Promise<void> {
  const { toast } = await load();
  isUsed = true;
  const { description } = options;
  toast[tone](title, {
    ...options,
    ...(typeof description === "string" && { description: isolate(description) }),
  });
}

/** What one person did is nothing for the next one, who could even take it back. */
export async function dismissToasts(): Promise<void> {
  if (!isUsed) return;
  const { toast } = await load();
  toast.dismiss();
}
