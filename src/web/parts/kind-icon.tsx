// Owns the icon of each kind of record; the kind's word or the row's title stands beside it.

import {
  ClipboardList,
  ClipboardPen,
  File,
  FileText,
  FlaskConical,
  HeartPulse,
  type LucideIcon,
  Milestone,
  Pill,
  Scissors,
  ShieldAlert,
  Stethoscope,
  Syringe,
  Target,
  UsersRound,
  Watch,
} from 'lucide-react';
import type { Kind } from '../../http/contract.ts';
import { kindWord } from './kinds.ts';

const icons: { readonly [kind in Kind]: LucideIcon } = {
  visit: Stethoscope,
  result: FlaskConical,
  panel: FlaskConical,
  vital: HeartPulse,
  medication: Pill,
  condition: ClipboardList,
  allergy: ShieldAlert,
  immunization: Syringe,
  procedure: Scissors,
  document: FileText,
  order: ClipboardPen,
  plan: Milestone,
  goal: Target,
  'care-team': UsersRound,
  device: Watch,
  other: File,
};

/** The icon, named for those who do not see it. */
export function KindIcon({ kind }: { kind: Kind }) {
  const Icon = icons[kind];
  return (
    <Icon
      size={18}
      strokeWidth={1.6}
      role="img"
      aria-label={`${kindWord(kind)}:`}
      className="shrink-0 text-ink3"
    />
  );
}
