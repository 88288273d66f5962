// Owns the words that a simulated patient's record is known by: none of them belongs in a log or in a file's name.

/** Every login, name and patient's id that the simulator has, and every id of a patient's records. */
export async function seededWords(
  simulatorUrl: string,
  patient = 'a-24411.E-2051',
): Promise<string[]> {
  const get = async (path: string) => (await fetch(`${simulatorUrl}${path}`)).json();
  const { environments } = (await get('/_simulator/state')) as {
    environments: {
      accounts: {
        username: string;
        password: string;
        charts: { patientId: string; label: string }[];
      }[];
    }[];
  };
  const accounts = environments.flatMap((environment) => environment.accounts);
  const charts = accounts.flatMap((account) => account.charts);
  const names = charts.flatMap((chart) => chart.label.split(',')[0]?.split(' ') ?? []);
  const { resources } = (await get(
    `/_simulator/truth?environment=production&patient=${encodeURIComponent(patient)}`,
  )) as { resources: { id: string }[] };
  return [
    ...accounts.flatMap((account) => [account.username, account.password]),
    ...charts.map((chart) => chart.patientId),
    ...names,
    ...resources.map((resource) => resource.id),
  ];
}
