import type { Metadata } from "next";
import { RegisterForm } from "@/features/auth/components/register-form";

export const metadata: Metadata = {
  title: "Create your account",
  description: "Begin a to-do list that works without a network and loses nothing that you wrote.",
};

export default function Page() {
  return <RegisterForm />;
}
