// The courses of people with long-standing illness. Data only.

import { type CourseData, problem, treatment } from './course.ts';

const hypertension = problem('Essential hypertension', '59621000', 'I10', 0.18);
const hyperlipidemia = problem('Hyperlipidemia', '55822004', 'E78.5', 0.3);

/** Blood pressure and cholesterol that came under control. */
export const pressureAndLipids: CourseData = {
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
};

/** Old age with a failing heart and kidney, diabetes, and much medication. */
export const manyProblems: CourseData = {
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
};
