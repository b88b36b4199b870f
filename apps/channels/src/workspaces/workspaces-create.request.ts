import { IsName } from '../calls/validators.js';

export class WorkspacesCreateRequest {
  @IsName()
  name!: string;
}
