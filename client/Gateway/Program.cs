using Darkroom.Gateway;
using Darkroom.Gateway.Identity;

return args is [KeyCommand.Name, .. var rest] ? await KeyCommand.RunAsync(rest) : await GatewayHost.RunAsync(args);
