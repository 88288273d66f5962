// The courses that histories take, by name. Data only.

import { manyProblems, pressureAndLipids } from './chronic-courses.ts';
import { type CourseData, problem, treatment } from './course.ts';
import type { Course } from './family.ts';
import { thyroidAndIron, thyroidClinic } from './thyroid-courses.ts';

/** A healthy child with eczema and mild asthma, from birth on. */
const child: CourseData = {
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
};

/** Someone who is seldom ill. */
const well: CourseData = {
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
};

export const courses: Readonly<Record<Course, CourseData>> = {
  'thyroid-and-iron': thyroidAndIron,
  'thyroid-clinic': thyroidClinic,
  'pressure-and-lipids': pressureAndLipids,
  'many-problems': manyProblems,
  child,
  well,
};
