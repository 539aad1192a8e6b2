import type { Metadata } from "next";
import { TodosPage } from "@/features/todos/components/todos-page";

export const metadata: Metadata = { title: "Today" };

export default function Page() {
  return <TodosPage />;
}
