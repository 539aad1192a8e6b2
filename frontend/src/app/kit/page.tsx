import type { Metadata } from "next";
import load from "next/dynamic";
import { notFound } from "next/navigation";

/** Never prerendered: what is prerendered is kept by the service worker, and a page that is not there cannot be. */
export const dynamic = "force-dynamic";

export const metadata: Metadata = { title: "Kit", robots: "noindex" };

const Kit = process.env.NODE_ENV === "development" ? load(() => import("@/app/kit/kit")) : undefined;

/** Every control in every state, on one page, while developing. A built app answers 404. */
export default function Page() {
  if (!Kit) notFound();
  return <Kit />;
}
