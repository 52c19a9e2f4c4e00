namespace Darkroom.Gateway;

/// <summary>The gateway cannot start as it is configured.</summary>
/// <param name="message">What is wrong, and what to change.</param>
internal sealed class GatewayStartException(string message) : Exception(message);
