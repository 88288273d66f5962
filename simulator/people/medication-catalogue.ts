// The medications that histories use: RxNorm ingredient, the words of the prescription, and how it is taken. Data.

export const rxnorm = 'http://www.nlm.nih.gov/research/umls/rxnorm';

export type MedicationEntry = {
  readonly ingredient: string;
  /** The ingredient's RxNorm identifier. */
  readonly rxnorm: string;
  readonly text: string;
  readonly sig: string;
  readonly dose: number;
  readonly unit: string;
  /** Times a day; 0 when it is taken as needed. */
  readonly timesADay: number;
};

export const medicationCatalogue: Readonly<Record<string, MedicationEntry>> = {
  levothyroxine50: tablet(
    'levothyroxine',
    '10582',
    'levothyroxine 50 mcg tablet',
    'Take 1 tablet every morning on an empty stomach',
  ),
  levothyroxine75: tablet(
    'levothyroxine',
    '10582',
    'levothyroxine 75 mcg tablet',
    'Take 1 tablet every morning on an empty stomach',
  ),
  levothyroxine88: tablet(
    'levothyroxine',
    '10582',
    'levothyroxine 88 mcg tablet',
    'Take 1 tablet every morning on an empty stomach',
  ),
  ferrousSulfate: tablet(
    'ferrous sulfate',
    '24947',
    'ferrous sulfate 325 mg (65 mg iron) tablet',
    'Take 1 tablet every other day with orange juice',
  ),
  sumatriptan: asNeeded(
    'sumatriptan',
    '37418',
    'sumatriptan 50 mg tablet',
    'Take 1 tablet at onset of migraine, may repeat once after 2 hours',
  ),
  cetirizine: tablet(
    'cetirizine',
    '20610',
    'cetirizine 10 mg tablet',
    'Take 1 tablet daily in spring',
  ),
  fluticasone: {
    ...tablet(
      'fluticasone',
      '41126',
      'fluticasone 50 mcg/actuation nasal spray',
      '1 spray in each nostril daily',
    ),
    unit: 'spray',
  },
  amoxicillin: tablet(
    'amoxicillin',
    '723',
    'amoxicillin 500 mg capsule',
    'Take 1 capsule three times a day for 10 days',
    3,
  ),
  nitrofurantoin: tablet(
    'nitrofurantoin',
    '7454',
    'nitrofurantoin macrocrystal 100 mg capsule',
    'Take 1 capsule twice a day for 5 days',
    2,
  ),
  azithromycin: tablet(
    'azithromycin',
    '18631',
    'azithromycin 250 mg tablet',
    'Take 2 tablets on day 1, then 1 tablet daily for 4 days',
  ),
  ibuprofen: asNeeded(
    'ibuprofen',
    '5640',
    'ibuprofen 600 mg tablet',
    'Take 1 tablet every 8 hours as needed for pain',
  ),
  vitaminD: tablet(
    'cholecalciferol',
    '2418',
    'cholecalciferol 50 mcg (2,000 unit) capsule',
    'Take 1 capsule daily',
  ),
  lisinopril10: tablet('lisinopril', '29046', 'lisinopril 10 mg tablet', 'Take 1 tablet daily'),
  lisinopril20: tablet('lisinopril', '29046', 'lisinopril 20 mg tablet', 'Take 1 tablet daily'),
  amlodipine: tablet('amlodipine', '17767', 'amlodipine 5 mg tablet', 'Take 1 tablet daily'),
  atorvastatin20: tablet(
    'atorvastatin',
    '83367',
    'atorvastatin 20 mg tablet',
    'Take 1 tablet at bedtime',
  ),
  atorvastatin40: tablet(
    'atorvastatin',
    '83367',
    'atorvastatin 40 mg tablet',
    'Take 1 tablet at bedtime',
  ),
  metformin: tablet(
    'metformin',
    '6809',
    'metformin 500 mg tablet',
    'Take 1 tablet twice a day with meals',
    2,
  ),
  apixaban: tablet('apixaban', '1364430', 'apixaban 5 mg tablet', 'Take 1 tablet twice a day', 2),
  metoprolol: tablet(
    'metoprolol',
    '6918',
    'metoprolol succinate ER 50 mg tablet',
    'Take 1 tablet daily',
  ),
  furosemide: tablet(
    'furosemide',
    '4603',
    'furosemide 20 mg tablet',
    'Take 1 tablet every morning',
  ),
  omeprazole: tablet(
    'omeprazole',
    '7646',
    'omeprazole 20 mg capsule',
    'Take 1 capsule daily before breakfast',
  ),
  alendronate: tablet(
    'alendronate',
    '46041',
    'alendronate 70 mg tablet',
    'Take 1 tablet once a week, upright, with water',
  ),
  sertraline: tablet('sertraline', '36437', 'sertraline 50 mg tablet', 'Take 1 tablet daily'),
  acetaminophen: asNeeded(
    'acetaminophen',
    '161',
    'acetaminophen 325 mg tablet',
    'Take 2 tablets every 6 hours as needed',
  ),
  albuterol: {
    ...asNeeded(
      'albuterol',
      '435',
      'albuterol 90 mcg/actuation inhaler',
      '2 puffs every 4 hours as needed for wheeze',
    ),
    unit: 'puff',
  },
};

function tablet(
  ingredient: string,
  code: string,
  text: string,
  sig: string,
  timesADay = 1,
): MedicationEntry {
  const unit = text.includes('capsule') ? 'capsule' : 'tablet';
  return { ingredient, rxnorm: code, text, sig, dose: 1, unit, timesADay };
}

function asNeeded(ingredient: string, code: string, text: string, sig: string): MedicationEntry {
  return tablet(ingredient, code, text, sig, 0);
}
