// What wasm-bindgen will write to `generated/`, as far as package and app use it. Only tsc reads this, and only while
// nothing is generated.

export default function init(module: { module_or_path: URL }): Promise<unknown>;

export type DocumentId = string & { readonly __is: "DocumentId" };
export type PartId = string & { readonly __is: "PartId" };
export type ProductId = string & { readonly __is: "ProductId" };
export type StatusId = string & { readonly __is: "StatusId" };
export type UserId = string & { readonly __is: "UserId" };
export type OrgId = string & { readonly __is: "OrgId" };
export type DeviceId = string & { readonly __is: "DeviceId" };
export type OtherName = string & { readonly __is: "OtherName" };
export type Due = string;
export type Day = string;
export type Timestamp = number;
export type Class = "overdue" | "dueToday" | "later";
export type Outcome = "none" | "failed" | "success" | OtherName;
export type Period = { kind: "today" } | { kind: "days"; from: Day; to: Day };
export type Owner = { kind: "me" } | { kind: "user"; id: UserId } | { kind: "nobody" };
export type List =
  | { kind: "today" }
  | { kind: "board"; value: ProductId }
  | { kind: "contacts" }
  | { kind: "settings" }
  | { kind: "user" }
  | { kind: "quarantine" }
  | { kind: "outbox" };

export interface ChangeSet {
  documents: DocumentId[];
  lists: List[];
  everything: boolean;
}
export interface Identity {
  user: UserId;
  org: OrgId | null;
  device: DeviceId | null;
}
export interface TodayView {
  todos: TodayTodo[];
  matching: number;
  totals: TodayTotals;
  nextChange: Timestamp | null;
}
export interface TodayTotals {
  today: number;
  overdue: number;
  closed: number;
  postponed: number;
}
export interface TodayTodo {
  item: TodayItem;
  text: string;
  cardName: string;
  contact: DocumentId | null;
}
export interface TodayItem {
  key: TodoKey;
  class: Class;
  due: Due;
  product: ProductId | null;
}
export interface TodoKey {
  overdueFrom: Timestamp;
  card: DocumentId;
  todo: PartId;
}
export interface BoardQuery {
  product: ProductId;
  assignee?: UserId | null;
  status?: StatusId | null;
  text?: string | null;
  offset?: number;
  limit?: number;
}
export interface Board {
  cards: unknown[];
  nextChange: Timestamp | null;
}
export interface CardView {
  card: DocumentId;
}
export interface ContactView {
  contact: DocumentId;
}
export interface SettingsView {
  products: ProductView[];
}
export interface ProductView {
  id: ProductId;
  name: string;
  itemNoun: string;
  enabled: boolean;
}
export type CardEdit = {
  kind: "addTodo";
  text: string;
  due?: Due | null;
  assignee?: Owner | null;
  contact?: DocumentId | null;
};
export interface NewCard {
  product: ProductId;
  name: string;
  status?: StatusId | null;
  owner?: Owner | null;
  edits?: CardEdit[];
}
export interface Made {
  id: DocumentId;
  made: PartId[];
  changes: ChangeSet;
}
export interface Edited {
  made: PartId[];
  changes: ChangeSet;
}
export interface Device {
  platform: string;
  name: string;
  installSecret: number[];
}
export interface DeviceView {
  id: DeviceId;
}
export type HttpMethod = "get" | "post" | "put" | "delete";
export interface Reply {
  status: number;
  body: string;
}
export interface Progress {
  done: number;
  total: number;
}
export interface SyncReport {
  roundTrips: number;
  progress: Progress | null;
  reconciling: boolean;
  serverAhead: number;
}
export type SyncEnd = "done" | "budget" | "paused" | "cancelled";
export interface Synced {
  report: SyncReport;
  end: SyncEnd;
}
export interface Budget {
  seconds?: number;
  bytes?: number;
}
export interface Choice {
  id: string;
  name: string;
}
export type AttachQuestion =
  | { kind: "product"; product: ProductId; name: string; choices: Choice[] }
  | { kind: "status"; status: StatusId; name: string; choices: Choice[] };
export type Attached = { kind: "done"; identity: Identity } | { kind: "open"; questions: AttachQuestion[] };
export interface ProductAnswer {
  product: ProductId;
  becomes: ProductId;
}
export interface StatusAnswer {
  status: StatusId;
  becomes: StatusId;
}

export class Server {
  free(): void;
  constructor(address: string);
}

export class CancelToken {
  free(): void;
  constructor();
  cancel(): void;
}

export class Subscription {
  private constructor();
  free(): void;
}

export class Roadbook {
  private constructor();
  free(): void;
  static open(name: string): Promise<Roadbook>;
  subscribe(listener: Function): Subscription;
  /** Begins to work without an account, in the days of `zone` and the language of `locale`. */
  beginLocalWorkspace(zone: string, locale: string): ChangeSet;
  /** Who works here; nothing before anybody signed in or began a local workspace. */
  me(): Identity | undefined;
  isSignedIn(): boolean;
  today(limit: number, period?: Period | null): TodayView;
  board(query: BoardQuery): Board;
  card(card: DocumentId): CardView;
  contact(contact: DocumentId): ContactView;
  settings(): SettingsView;
  unsentCount(): number;
  createCard(card: NewCard): Made;
  closeTodo(card: DocumentId, todo: PartId, outcome: Outcome): Edited;
  signIn(server: Server, email: string, password: string, device: Device, token: CancelToken): Promise<Identity>;
  enrol(server: Server, code: string, password: string, device: Device, token: CancelToken): Promise<Identity>;
  attach(
    server: Server,
    email: string,
    password: string,
    device: Device,
    products: ProductAnswer[],
    statuses: StatusAnswer[],
    token: CancelToken,
  ): Promise<Attached>;
  signOut(server: Server, force: boolean): Promise<void>;
  devices(server: Server): Promise<DeviceView[]>;
  revokeDevice(server: Server, device: DeviceId): Promise<void>;
  ask(server: Server, method: HttpMethod, path: string, body?: string | null): Promise<Reply>;
  sync(server: Server, listener: Function | null | undefined, token: CancelToken): Promise<Synced>;
  backgroundSync(server: Server, budget: Budget, token: CancelToken): Promise<Synced>;
  live(server: Server, listener: Function | null | undefined, token: CancelToken): Promise<SyncEnd>;
}
