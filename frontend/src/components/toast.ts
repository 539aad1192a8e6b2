import type { ExternalToast } from "sonner";
import { isolate } from "@/lib/isolate";

const load = () => import("sonner");

type Tone = "message" | "warning" | "error";

/** Shows a toast. The library comes with the first one: no page needs it to be usable. */
export async function notify(tone: Tone, title: string, options: ExternalToast = {}): Promise<void> {
  const { toast } = await load();
  const { description } = options;
  toast[tone](title, {
    ...options,
    ...(typeof description === "string" && { description: isolate(description) }),
  });
}

export async function dismissToast(id: string): Promise<void> {
  const { toast } = await load();
  toast.dismiss(id);
}
