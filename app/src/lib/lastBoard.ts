// Which board was open last: on a phone there is one way to all of them. A sign-out removes it.

import type { ProductId } from "@roadbook/core";
import { forget, keep, kept } from "@roadbook/core/kept";

const KEPT_AS = "roadbook/last-product";

export function lastBoard(): string | null {
  return kept(KEPT_AS);
}

export function noteBoard(product: ProductId): void {
  keep(KEPT_AS, product);
}

export function forgetBoard(): void {
  forget(KEPT_AS);
}
