interface DocumentedVariable {
  readonly default: string;
  readonly meaning: string;
  readonly secret?: true;
}

/** Read and checked by the channel itself; here for the documents only. */
export const channelVariables: Readonly<Record<string, DocumentedVariable>> = {
  FACEBOOK_APP_ID: {
    default: 'unset: the simulator stands in',
    meaning: 'The Facebook app that pages are connected with.',
  },
  FACEBOOK_APP_SECRET: {
    default: 'unset',
    meaning: 'Its secret; `current,previous` while it is being changed.',
    secret: true,
  },
  FACEBOOK_WEBHOOK_SECRET: {
    default: '`standalone`: generated into `PARLEY_HOME/webhook-secret`',
    meaning: 'The verify token of the webhook, as entered in the dashboard of the app.',
    secret: true,
  },
  FACEBOOK_GRAPH_URL: { default: 'https://graph.facebook.com', meaning: 'Every Graph call goes there.' },
  FACEBOOK_GRAPH_VERSION: { default: 'the current one', meaning: 'Version of the Graph API, for example v25.0.' },
};
