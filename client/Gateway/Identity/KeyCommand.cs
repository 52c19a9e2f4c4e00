using Darkroom.Silo.Secrets;
using Darkroom.Storage;
using Darkroom.Storage.Audit;

namespace Darkroom.Gateway.Identity;

/// <summary><c>./cluster key</c>: makes the first key, before anybody can sign in; and hashes for the configuration.</summary>
internal static class KeyCommand
{
    /// <summary>The command's name.</summary>
    public const string Name = "key";

    private const string Usage =
        "./cluster key new TENANT [--role user|operator] [--name NAME] [--data DIR]   makes a key and shows it once\n"
        + "./cluster key hash < FILE                                                  the hash of a key, for Identity:Keys:NAME:Sha256";

    /// <summary>Runs the command.</summary>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(string[] arguments)
    {
        switch (arguments)
        {
            case ["new", var tenant, .. var rest] when IdentityOptions.IsTenant(tenant):
                return await CreateAsync(tenant, rest);
            case ["hash"]:
                await Console.Out.WriteLineAsync(KeyStore.HashOf((await Console.In.ReadToEndAsync()).Trim()));
                return 0;
            default:
                await Console.Error.WriteLineAsync(Usage);
                return 2;
        }
    }

    private static async Task<int> CreateAsync(string tenant, string[] arguments)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Configuration.AddCommandLine(arguments, new Dictionary<string, string> { ["--data"] = "BlobStore:Folder", ["--role"] = "role", ["--name"] = "name" });
        builder.Configuration.AddSecretFiles();
        builder.Logging.ClearProviders();
        builder.Services.AddDarkroomBlobStore();
        builder.Services.AddOptions<IdentityOptions>();
        builder.Services.AddSingleton<KeyStore>();
        await using var host = builder.Build();
        var (role, name) = (builder.Configuration["role"] ?? Caller.User, builder.Configuration["name"] ?? tenant);
        if (role is not (Caller.User or Caller.Operator))
        {
            await Console.Error.WriteLineAsync($"darkroom: --role is '{role}'; allowed are {Caller.User} and {Caller.Operator}.");
            return 2;
        }

        var keys = host.Services.GetRequiredService<KeyStore>();
        var (secret, _) = await host.Services.GetRequiredService<AuditLog>().RecordAsync(
            AuditActor.Process, KeyStore.Created.Action, $"{name} of {tenant} ({role})", () => keys.CreateAsync(tenant, role, name, CancellationToken.None), made => made.Key.Id);
        await Console.Out.WriteLineAsync(secret);
        return 0;
    }
}
