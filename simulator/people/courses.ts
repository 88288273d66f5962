// The courses that histories take, as data: problems, medications, how often there are visits and laboratory draws,
// and how values move over the ten years. Times are shares of the history, from 0 (its start) to 1 (the anchor).

import type { Course } from './family.ts';
import type { PanelKey } from './lab-catalogue.ts';

/** A problem: name, SNOMED CT, ICD-10-CM, and when it began (and ended, if it did). */
export type Problem = {
  readonly text: string;
  readonly snomed: string;
  readonly icd10: string;
  readonly from: number;
  readonly to?: number;
};
export type Treatment = {
  readonly medication: string;
  readonly from: number;
  readonly to?: number;
  readonly reason: string;
};
export type AllergyEntry = {
  readonly text: string;
  /** RxNorm ingredient; `undefined` leaves the allergy in words only. */
  readonly rxnorm?: string;
  readonly reaction: string;
  readonly severe?: boolean;
};
/** Points of a curve: share of the history and value. */
export type Trend = readonly (readonly [at: number, value: number])[];

export type CourseData = {
  readonly visitsAYear: number;
  /** Panels, each with how many draws a year. */
  readonly panels: readonly (readonly [panel: PanelKey, aYear: number])[];
  /** Draws at moments that matter, whatever the visits: none of their results is lost. */
  readonly keyDraws?: readonly (readonly [at: number, panels: readonly PanelKey[]])[];
  readonly problems: readonly Problem[];
  readonly treatments: readonly Treatment[];
  readonly allergies: readonly AllergyEntry[];
  /** Values that leave the usual, by the key of the test or vital sign. */
  readonly trends: Readonly<Record<string, Trend>>;
  readonly procedures: readonly (readonly [text: string, cpt: string, at: number])[];
  readonly goals: readonly string[];
  readonly device?: { readonly text: string; readonly snomed: string; readonly at: number };
};

const problem = (
  text: string,
  snomed: string,
  icd10: string,
  from: number,
  to?: number,
): Problem => ({
  text,
  snomed,
  icd10,
  from,
  ...(to === undefined ? {} : { to }),
});
const treatment = (medication: string, reason: string, from: number, to?: number): Treatment => ({
  medication,
  reason,
  from,
  ...(to === undefined ? {} : { to }),
});

const hypothyroidism = problem('Hypothyroidism', '40930008', 'E03.9', 0.52);
const hypertension = problem('Essential hypertension', '59621000', 'I10', 0.18);
const hyperlipidemia = problem('Hyperlipidemia', '55822004', 'E78.5', 0.3);

export const courses: Readonly<Record<Course, CourseData>> = {
  'thyroid-and-iron': {
    visitsAYear: 3.4,
    panels: [
      ['cbc', 1.4],
      ['cmp', 1],
      ['lipid', 0.9],
      ['a1c', 1],
      ['iron', 1],
      ['thyroid', 1.5],
      ['vitaminD', 0.6],
      ['crp', 0.4],
    ],
    keyDraws: [
      [0.335, ['cbc', 'iron']],
      [0.385, ['cbc', 'iron']],
      [0.45, ['cbc', 'iron']],
      [0.525, ['thyroid']],
      [0.565, ['thyroid']],
      [0.62, ['thyroid', 'iron']],
      [0.81, ['thyroid', 'a1c']],
      [0.87, ['thyroid']],
      [0.99, ['cbc', 'iron', 'thyroid', 'a1c', 'lipid', 'cmp']],
    ],
    problems: [
      hypothyroidism,
      problem('Iron deficiency anemia', '87522002', 'D50.9', 0.34, 0.62),
      problem('Menorrhagia', '386692008', 'N92.0', 0.31, 0.66),
      problem('Migraine', '37796009', 'G43.909', 0.05),
      problem('Seasonal allergic rhinitis', '367498001', 'J30.2', 0),
      problem('Vitamin D deficiency', '34713006', 'E55.9', 0.42),
      problem('Prediabetes', '714628002', 'R73.03', 0.83),
    ],
    treatments: [
      treatment('levothyroxine50', 'Hypothyroidism', 0.53, 0.6),
      treatment('levothyroxine75', 'Hypothyroidism', 0.6, 0.82),
      treatment('levothyroxine88', 'Hypothyroidism', 0.82),
      treatment('ferrousSulfate', 'Iron deficiency anemia', 0.35, 0.6),
      treatment('sumatriptan', 'Migraine', 0.06),
      treatment('cetirizine', 'Seasonal allergic rhinitis', 0.02),
      treatment('fluticasone', 'Seasonal allergic rhinitis', 0.2, 0.7),
      treatment('nitrofurantoin', 'Urinary tract infection', 0.27, 0.271),
      treatment('amoxicillin', 'Acute sinusitis', 0.13, 0.133),
      treatment('azithromycin', 'Acute bronchitis', 0.71, 0.712),
      treatment('ibuprofen', 'Menorrhagia', 0.32, 0.66),
      treatment('vitaminD', 'Vitamin D deficiency', 0.43),
    ],
    allergies: [
      { text: 'Penicillin G', rxnorm: '7980', reaction: 'Rash' },
      { text: 'Sulfamethoxazole', rxnorm: '10180', reaction: 'Hives', severe: true },
      { text: 'Cashews', reaction: 'Swelling of lips' },
      { text: 'Latex', reaction: 'Itching' },
    ],
    trends: {
      hgb: [
        [0.25, 13.5],
        [0.35, 10.6],
        [0.42, 11.4],
        [0.55, 13.2],
        [1, 13.6],
      ],
      hct: [
        [0.25, 40.2],
        [0.35, 33.1],
        [0.42, 35.2],
        [0.55, 39.6],
        [1, 40.4],
      ],
      mcv: [
        [0.25, 89],
        [0.35, 75],
        [0.45, 80],
        [0.58, 88],
        [1, 89],
      ],
      mch: [
        [0.25, 29.8],
        [0.35, 24.2],
        [0.45, 26.5],
        [0.58, 29.4],
        [1, 29.8],
      ],
      rdw: [
        [0.25, 13.1],
        [0.35, 17.4],
        [0.48, 16],
        [0.6, 13.4],
        [1, 13],
      ],
      ferritin: [
        [0.22, 40],
        [0.33, 4],
        [0.4, 11],
        [0.5, 34],
        [0.65, 58],
        [1, 71],
      ],
      ironSaturation: [
        [0.25, 24],
        [0.34, 6],
        [0.45, 16],
        [0.58, 26],
        [1, 28],
      ],
      ironSerum: [
        [0.25, 82],
        [0.34, 24],
        [0.45, 58],
        [0.58, 88],
        [1, 92],
      ],
      tibc: [
        [0.25, 330],
        [0.34, 462],
        [0.5, 372],
        [1, 325],
      ],
      tsh: [
        [0.4, 2.4],
        [0.5, 5.9],
        [0.53, 9.2],
        [0.57, 5.1],
        [0.63, 2.6],
        [0.78, 4.7],
        [0.81, 5.3],
        [0.86, 1.9],
        [1, 1.6],
      ],
      ft4: [
        [0.45, 1.1],
        [0.53, 0.74],
        [0.62, 1.12],
        [0.8, 0.95],
        [0.88, 1.24],
        [1, 1.26],
      ],
      a1c: [
        [0, 5.2],
        [0.6, 5.5],
        [0.83, 5.8],
        [1, 5.9],
      ],
      glucose: [
        [0, 88],
        [0.6, 94],
        [1, 103],
      ],
      ldl: [
        [0, 108],
        [1, 139],
      ],
      cholesterol: [
        [0, 184],
        [1, 219],
      ],
      vitaminD: [
        [0.35, 24],
        [0.42, 17],
        [0.55, 31],
        [1, 37],
      ],
      weight: [
        [0, 63.5],
        [0.5, 67.2],
        [0.55, 71],
        [0.65, 68.8],
        [1, 72.4],
      ],
    },
    procedures: [
      ['Screening mammography, bilateral', '77067', 0.28],
      ['Screening mammography, bilateral', '77067', 0.48],
      ['Ultrasound, transvaginal', '76830', 0.33],
      ['Screening mammography, bilateral', '77067', 0.68],
      ['Ultrasound, soft tissues of head and neck', '76536', 0.54],
      ['Colonoscopy', '45378', 0.91],
      ['Excision of benign skin lesion', '11402', 0.12],
      ['Insertion of intrauterine device', '58300', 0.58],
    ],
    goals: ['Ferritin above 50 ng/mL', 'Walk 30 minutes on five days a week'],
    device: { text: 'Levonorgestrel intrauterine device', snomed: '268460000', at: 0.58 },
  },
  'thyroid-clinic': {
    visitsAYear: 1.4,
    panels: [['thyroid', 2]],
    problems: [hypothyroidism, problem('Thyroid nodule', '237495005', 'E04.1', 0.54)],
    treatments: [
      treatment('levothyroxine75', 'Hypothyroidism', 0.6, 0.82),
      treatment('levothyroxine88', 'Hypothyroidism', 0.82),
    ],
    allergies: [{ text: 'Penicillin', reaction: 'Rash' }],
    trends: {
      tsh: [
        [0.5, 7.4],
        [0.57, 4.9],
        [0.63, 2.5],
        [0.8, 5.2],
        [1, 1.7],
      ],
      ft4: [
        [0.5, 0.76],
        [0.62, 1.1],
        [1, 1.25],
      ],
      weight: [
        [0.5, 67.5],
        [1, 72],
      ],
    },
    procedures: [['Fine needle aspiration of thyroid, with ultrasound', '10005', 0.56]],
    goals: ['TSH between 0.5 and 2.5 m[IU]/L'],
  },
  'pressure-and-lipids': {
    visitsAYear: 2.6,
    panels: [
      ['cmp', 1.4],
      ['lipid', 1.4],
      ['a1c', 0.8],
      ['cbc', 0.6],
    ],
    problems: [
      hypertension,
      hyperlipidemia,
      problem('Obstructive sleep apnea', '78275009', 'G47.33', 0.55),
      problem('Gastroesophageal reflux disease', '235595009', 'K21.9', 0.4),
      problem('Low back pain', '279039007', 'M54.50', 0.22, 0.35),
    ],
    treatments: [
      treatment('lisinopril10', 'Essential hypertension', 0.19, 0.48),
      treatment('lisinopril20', 'Essential hypertension', 0.48),
      treatment('atorvastatin20', 'Hyperlipidemia', 0.32),
      treatment('omeprazole', 'Gastroesophageal reflux disease', 0.41, 0.75),
      treatment('ibuprofen', 'Low back pain', 0.22, 0.3),
    ],
    allergies: [{ text: 'Bee venom', reaction: 'Anaphylaxis', severe: true }],
    trends: {
      systolic: [
        [0, 134],
        [0.18, 148],
        [0.3, 136],
        [0.47, 144],
        [0.55, 128],
        [1, 126],
      ],
      diastolic: [
        [0, 84],
        [0.18, 94],
        [0.3, 86],
        [0.47, 90],
        [0.55, 80],
        [1, 78],
      ],
      ldl: [
        [0, 148],
        [0.3, 171],
        [0.38, 96],
        [1, 82],
      ],
      cholesterol: [
        [0, 226],
        [0.3, 252],
        [0.38, 172],
        [1, 158],
      ],
      triglycerides: [
        [0, 168],
        [0.3, 201],
        [1, 139],
      ],
      weight: [
        [0, 92],
        [0.5, 99],
        [1, 94],
      ],
      hgb: [
        [0, 15.1],
        [1, 14.9],
      ],
      a1c: [
        [0, 5.4],
        [1, 5.6],
      ],
    },
    procedures: [
      ['Electrocardiogram, 12 leads', '93000', 0.19],
      ['Sleep study, home', '95806', 0.55],
      ['Colonoscopy', '45378', 0.72],
    ],
    goals: ['Blood pressure below 130/80'],
  },
  'many-problems': {
    visitsAYear: 3.8,
    panels: [
      ['cmp', 2],
      ['cbc', 1.6],
      ['lipid', 1],
      ['a1c', 2],
      ['thyroid', 0.6],
      ['vitaminD', 0.5],
      ['crp', 0.5],
    ],
    problems: [
      { ...hypertension, from: 0 },
      { ...hyperlipidemia, from: 0 },
      problem('Type 2 diabetes mellitus', '44054006', 'E11.9', 0),
      problem('Atrial fibrillation', '49436004', 'I48.91', 0.36),
      problem('Heart failure', '84114007', 'I50.9', 0.61),
      problem('Chronic kidney disease stage 3', '433144002', 'N18.30', 0.44),
      problem('Osteoporosis', '64859006', 'M81.0', 0.12),
      problem('Osteoarthritis of knee', '239873007', 'M17.9', 0),
      problem('Cataract', '193570009', 'H26.9', 0.2, 0.5),
      problem('Hearing loss', '15188001', 'H91.90', 0.15),
      problem('Depressive disorder', '35489007', 'F32.A', 0.63),
      problem('Gastroesophageal reflux disease', '235595009', 'K21.9', 0.05),
    ],
    treatments: [
      treatment('metformin', 'Type 2 diabetes mellitus', 0, 0.66),
      treatment('lisinopril20', 'Essential hypertension', 0),
      treatment('amlodipine', 'Essential hypertension', 0.1, 0.61),
      treatment('atorvastatin40', 'Hyperlipidemia', 0),
      treatment('apixaban', 'Atrial fibrillation', 0.36),
      treatment('metoprolol', 'Atrial fibrillation', 0.36),
      treatment('furosemide', 'Heart failure', 0.61),
      treatment('alendronate', 'Osteoporosis', 0.13, 0.63),
      treatment('sertraline', 'Depressive disorder', 0.64),
      treatment('omeprazole', 'Gastroesophageal reflux disease', 0.05),
      treatment('acetaminophen', 'Osteoarthritis of knee', 0.02),
      treatment('nitrofurantoin', 'Urinary tract infection', 0.5, 0.502),
    ],
    allergies: [
      { text: 'Aspirin', rxnorm: '1191', reaction: 'Gastrointestinal bleeding', severe: true },
      { text: 'Codeine', rxnorm: '2670', reaction: 'Nausea' },
      { text: 'Iodinated contrast', reaction: 'Hives' },
    ],
    trends: {
      systolic: [
        [0, 146],
        [0.4, 138],
        [0.6, 132],
        [1, 124],
      ],
      diastolic: [
        [0, 82],
        [1, 68],
      ],
      a1c: [
        [0, 7.9],
        [0.3, 7.2],
        [0.66, 6.8],
        [1, 7.4],
      ],
      glucose: [
        [0, 158],
        [0.5, 136],
        [1, 149],
      ],
      creatinine: [
        [0, 0.95],
        [0.44, 1.28],
        [1, 1.46],
      ],
      egfr: [
        [0, 62],
        [0.44, 47],
        [1, 38],
      ],
      bun: [
        [0, 20],
        [1, 31],
      ],
      potassium: [
        [0, 4.5],
        [0.7, 5.2],
        [1, 4.8],
      ],
      hgb: [
        [0, 12.8],
        [1, 11.2],
      ],
      ldl: [
        [0, 92],
        [1, 74],
      ],
      weight: [
        [0, 74],
        [0.58, 77],
        [0.61, 81],
        [0.66, 75],
        [1, 68],
      ],
      tsh: [
        [0, 2.6],
        [1, 3.2],
      ],
    },
    procedures: [
      ['Cataract extraction with lens implant, right eye', '66984', 0.46],
      ['Cataract extraction with lens implant, left eye', '66984', 0.49],
      ['Insertion of permanent pacemaker', '33208', 0.62],
      ['Echocardiography, complete', '93306', 0.61],
      ['Bone density study', '77080', 0.12],
      ['Electrocardiogram, 12 leads', '93000', 0.36],
    ],
    goals: ['Hemoglobin A1c below 7.5 %', 'No falls', 'Weigh every morning'],
    device: { text: 'Dual-chamber cardiac pacemaker', snomed: '14106009', at: 0.62 },
  },
  child: {
    visitsAYear: 3.4,
    panels: [['cbc', 0.3]],
    problems: [
      problem('Atopic dermatitis', '24079001', 'L20.9', 0.02, 0.6),
      problem('Mild intermittent asthma', '427679007', 'J45.20', 0.42),
      problem('Acute otitis media', '3110003', 'H66.90', 0.1, 0.11),
      problem('Streptococcal sore throat', '43878008', 'J02.0', 0.58, 0.59),
    ],
    treatments: [
      treatment('amoxicillin', 'Acute otitis media', 0.1, 0.103),
      treatment('amoxicillin', 'Streptococcal sore throat', 0.58, 0.583),
      treatment('albuterol', 'Mild intermittent asthma', 0.43),
    ],
    allergies: [{ text: 'Peanut', reaction: 'Hives' }],
    trends: {
      weight: [
        [0, 6.8],
        [0.1, 10],
        [0.3, 14.5],
        [0.6, 22],
        [1, 36],
      ],
      height: [
        [0, 64],
        [0.1, 77],
        [0.3, 97],
        [0.6, 119],
        [1, 143],
      ],
      heartRate: [
        [0, 132],
        [0.3, 104],
        [1, 84],
      ],
      respiratoryRate: [
        [0, 34],
        [0.3, 24],
        [1, 19],
      ],
      systolic: [
        [0, 84],
        [1, 102],
      ],
      diastolic: [
        [0, 50],
        [1, 62],
      ],
    },
    procedures: [['Spirometry', '94010', 0.43]],
    goals: ['Asthma action plan at school'],
  },
  well: {
    visitsAYear: 1.6,
    panels: [
      ['cmp', 0.8],
      ['lipid', 0.6],
      ['cbc', 0.6],
    ],
    problems: [problem('Seasonal allergic rhinitis', '367498001', 'J30.2', 0.1)],
    treatments: [treatment('cetirizine', 'Seasonal allergic rhinitis', 0.1)],
    allergies: [],
    trends: {},
    procedures: [],
    goals: ['Walk 30 minutes on five days a week'],
  },
};

/** The value of a trend at a share of the history, in straight lines between its points. */
export function trendAt(trend: Trend, at: number): number {
  const [first] = trend;
  if (first === undefined) throw new RangeError('A trend has points.');
  let [beforeAt, before] = first;
  for (const [pointAt, value] of trend) {
    if (at <= pointAt) {
      if (pointAt === beforeAt) return value;
      return before + ((value - before) * (at - beforeAt)) / (pointAt - beforeAt);
    }
    [beforeAt, before] = [pointAt, value];
  }
  return before;
}
