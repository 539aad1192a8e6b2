import type { Metadata } from "next";
import { TodosPage } from "@/features/todos/components/todos-page";

export const metadata: Metadata = { title: "Trash" };

export default function Page() {
  return <TodosPage />;
}
