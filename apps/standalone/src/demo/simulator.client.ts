/** The control calls of the simulator: apps/simulator/README.md. */
export class SimulatorClient {
  constructor(private readonly url: string) {}

  async control(call: string, body: object): Promise<unknown> {
    const response = await fetch(`${this.url}/control/${call}`, { method: 'POST', body: JSON.stringify(body) });
    if (response.ok) return response.json();
    throw new Error(`The simulator refused ${call} with ${String(response.status)}: ${await response.text()}`);
  }
}
