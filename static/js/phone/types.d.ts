/** The shapes that the phone's rooms share: what the server sends, and what the shell hands to a screen. */
import type { TemplateResult } from 'lit-html';
import type { Position } from '../core/geo.js';
import type { Keys } from '../store/keys.js';
import type { Locker } from '../store/locker.js';
import type { Meta } from '../store/meta.js';
import type { Outbox } from '../store/outbox.js';

export type Person = {
  uid: string;
  name: string;
  roles: string[];
  role_names?: string[];
  badge?: string | null;
  team_uids: string[];
};
export type Labelled = { code: string; label_zh: string; label_en: string };
export type Stop = {
  stop_uid: string;
  venue_uid: string;
  order: number;
  planned_arrival?: string | null;
  planned_leave?: string | null;
  locked?: boolean;
  sampled?: boolean;
  reason?: string | null;
  map_links?: { name: string; url: string }[];
};
export type Route = {
  route_uid: string;
  team: { uid: string; name: string; members: { name: string; role: string }[] };
  date: string;
  shift_start: string;
  shift_end: string;
  visible_from?: string | null;
  stops: Stop[];
};
export type Venue = {
  uid: string;
  name: string;
  kind: string;
  kind_name: string;
  address: string;
  lon: number;
  lat: number;
  code?: string;
  qr_token?: string;
  owner_name?: string | null;
  capacity?: number | null;
  opening_hours?: string | null;
  note?: string | null;
  revisit_interval_days?: number | null;
  last_visited_at?: string | null;
  history?: { visited_at: string; outcome: string; text: string }[];
  /** Why the round does not lead there any more: `revoked`, or a tombstone's reason. Its notes are let go. */
  gone?: string;
};
/** A direct-selling meeting that was filed at a venue for the pack's day. */
export type Meeting = { venue_uid: string; title: string; company: string; begins: string; ends: string; size: number };
export type ChecklistItem = {
  code: string;
  label_zh: string;
  label_en: string;
  kind: 'yesno' | 'choice' | 'number' | 'text';
  options?: Labelled[];
};
export type Checklist = {
  version: string;
  sections: { code: string; title_zh: string; title_en: string; items: ChecklistItem[] }[];
};
export type Pack = {
  version: string;
  date: string;
  server_time: string;
  expires_at: string;
  /** Where the feed goes on from. */
  feed_cursor?: string;
  language?: string;
  person: Person;
  task: Route[];
  venues: Venue[];
  /** Only for who may read filings. */
  meetings?: Meeting[];
  grids?: object;
  streets?: object;
  checklist: Checklist;
  outcomes: Labelled[];
  sighting_kinds: Labelled[];
  /** In the language of whoever took the pack, as `kind_name` of a venue. */
  venue_kinds?: { code: string; name: string }[];
  quick_phrases: { zh: string; en: string }[];
  limits: { photo_max_bytes?: number; photos_per_finding?: number };
};

export type Photo = {
  sha256_original: string;
  size_original: number;
  type_original: string;
  sha256_display: string;
  size_display: number;
  taken_at: string;
  source: 'camera' | 'album';
};
export type ManualPin = { lon: number; lat: number; reason: string };

export type PatrolStatus = 'none' | 'active' | 'paused' | 'ended';
export type Done = { outcome: string; at: string; visit_uid: string };
export type PatrolState = {
  patrol_uid: string | null;
  route_uid: string | null;
  date: string;
  status: PatrolStatus;
  started_at: string | null;
  ended_at: string | null;
  done: Record<string, Done>;
};

export type Link = 'unknown' | 'online' | 'offline' | 'signed_out';

export type Place = {
  last(): Position | null;
  current(patience_ms?: number): Promise<Position | null>;
  problem(): 'denied' | 'none' | null;
  /** Whether the position jumped as no vehicle moves: a hint of a simulated one. */
  jumped(): boolean;
  watch(onFix: (position: Position) => void): () => void;
};

/** What every screen is handed. */
export type Phone = {
  person: Person;
  locker: Locker;
  outbox: Outbox;
  keys: Keys;
  meta: Meta;
  place: Place;
  pack: Pack | null;
  patrol: PatrolState;
  link: Link;
  /** What the browser says is left for us; null while unknown. */
  free_mb: number | null;
  unsent: { unsent: number; parked: number; oldest_at: number | null };
  clock(): number;
  clockOffset_ms(): number | null;
  go(path: string, how?: { replace?: boolean }): void;
  refresh(): void;
  say(text: string, tone?: 'ok' | 'warn' | 'danger'): void;
  saved(): Promise<void>;
  takePack(): Promise<'taken' | 'offline' | 'signed_out' | 'failed'>;
  /** Ask for urgent clues, and what changed since the pack was taken: the latter at most once a minute unless
   *  something was just sent. */
  catchUp(now?: boolean): Promise<void>;
  /** Urgent clues for the team on duty, once asked for or found kept on the phone. */
  urgent: import('../clues/urgent_view.js').Urgent | null;
  flush(): void;
  lock(): Promise<void>;
  signOut(): Promise<void>;
  /** Sealed files of what is unsent: of these people, or of everybody on this phone. */
  rescue(owners?: string[]): Promise<import('../store/rescue.js').RescueFile[]>;
  recorder: { begin(known?: Position | null, why?: string): void; end(): Promise<void>; state(): string };
};

export type Screen = {
  title: string;
  back?: string;
  flush?: boolean;
  /** A form with its own bar below; the main navigation makes room for it. */
  alone?: boolean;
  view(): TemplateResult;
  stop?(): void;
};
export type OpenScreen = (phone: Phone, params: Record<string, string>) => Promise<Screen> | Screen;
