using Darkroom.Gateway;

return await GatewayHost.RunAsync(args);
