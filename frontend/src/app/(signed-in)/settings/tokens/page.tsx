import type { Metadata } from "next";
import { TokensSection } from "@/features/account/components/tokens-section";

export const metadata: Metadata = { title: "API tokens" };

export default function Page() {
  return <TokensSection />;
}
