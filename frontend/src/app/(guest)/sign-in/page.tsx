import type { Metadata } from "next";
import { SignIn } from "@/features/auth/components/sign-in";

export const metadata: Metadata = {
  title: "Sign in",
  description: "Sign in to Daybook, with your password or a passkey. Your todos are where you left them.",
};

export default function Page() {
  return <SignIn />;
}
