// Problems, encounter diagnoses and allergies, with the vendor's recorded gaps: many without a clinical status, many
// entered in error.

import { type Chart, concept } from './chart.ts';
import { courses } from './courses.ts';
import { addDays, daysBetween, timeOn } from './dates.ts';

export const snomed = 'http://snomed.info/sct';
export const icd10 = 'http://hl7.org/fhir/sid/icd-10-cm';

/** A condition to add; `onset` and `abatement` are days. */
export type ConditionDraft = {
  readonly text: string;
  readonly snomed: string;
  readonly icd10: string;
  readonly onset: string;
  readonly abatement?: string;
  readonly category: 'problem-list-item' | 'encounter-diagnosis';
  readonly encounter?: string;
};

/** Adds a condition and returns its reference. */
export function addCondition(chart: Chart, draft: ConditionDraft): string {
  const { random, rates } = chart;
  const isError = random.chance(rates.conditionEnteredInError);
  // Of the rest, so that the share over all conditions is the recorded one.
  const withStatus =
    !isError &&
    random.chance(rates.conditionWithClinicalStatus / (1 - rates.conditionEnteredInError));
  const clinical = draft.abatement === undefined ? 'active' : 'resolved';
  const status = (name: string, code: string) => ({
    coding: [{ system: `http://terminology.hl7.org/CodeSystem/condition-${name}`, code }],
  });
  const isProblem = draft.category === 'problem-list-item';
  return chart.add(
    {
      resourceType: 'Condition',
      id: chart.id(isProblem ? 'AmbulatoryPlanProblem' : 'encounterdiagnosis'),
      ...(withStatus ? { clinicalStatus: status('clinical', clinical) } : {}),
      verificationStatus: status('ver-status', isError ? 'entered-in-error' : 'confirmed'),
      category: [
        {
          coding: [
            {
              system: 'http://terminology.hl7.org/CodeSystem/condition-category',
              code: draft.category,
            },
          ],
        },
      ],
      code: concept(draft.text, [snomed, draft.snomed], [icd10, draft.icd10]),
      subject: chart.subject,
      ...(draft.encounter === undefined ? {} : { encounter: { reference: draft.encounter } }),
      onsetDateTime: draft.onset,
      ...(draft.abatement === undefined ? {} : { abatementDateTime: draft.abatement }),
      recordedDate: draft.onset,
    },
    timeOn(draft.onset, 15 * 60),
    { provenance: 0.4 },
  );
}

/** Adds the problem list of the chart's course, and duplicates of a few that were entered twice. */
export function addProblems(chart: Chart): void {
  for (const problem of courses[chart.seed.course].problems) {
    const draft: ConditionDraft = {
      ...problem,
      onset: dayAt(chart, problem.from),
      ...(problem.to === undefined ? {} : { abatement: dayAt(chart, problem.to) }),
      category: 'problem-list-item',
    };
    addCondition(chart, draft);
    if (chart.random.chance(0.3)) addCondition(chart, draft);
  }
}

/** Adds the allergies of the chart's course. */
export function addAllergies(chart: Chart): void {
  const status = (name: string, code: string) => ({
    coding: [{ system: `http://terminology.hl7.org/CodeSystem/allergyintolerance-${name}`, code }],
  });
  for (const [position, allergy] of courses[chart.seed.course].allergies.entries()) {
    const recorded = dayAt(chart, 0.02 + position * 0.11);
    chart.add(
      {
        resourceType: 'AllergyIntolerance',
        id: chart.id('pa'),
        clinicalStatus: status('clinical', 'active'),
        verificationStatus: status('verification', 'confirmed'),
        ...(allergy.severe === true ? { criticality: 'high' } : {}),
        code:
          allergy.rxnorm === undefined
            ? concept(allergy.text)
            : concept(allergy.text, [
                'http://www.nlm.nih.gov/research/umls/rxnorm',
                allergy.rxnorm,
              ]),
        patient: chart.subject,
        recordedDate: recorded,
        reaction: [
          {
            manifestation: [concept(allergy.reaction)],
            ...(allergy.severe === true ? { severity: 'severe' } : {}),
          },
        ],
      },
      timeOn(recorded, 15 * 60),
      { provenance: 0.8 },
    );
  }
}

/** The day at a share of the history, never after the anchor. */
export function dayAt(chart: Chart, share: number): string {
  return addDays(chart.start, daysBetween(chart.start, chart.anchor) * Math.min(share, 1));
}
