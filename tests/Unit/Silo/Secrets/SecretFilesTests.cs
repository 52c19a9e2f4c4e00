using Darkroom.Silo.Secrets;
using Microsoft.Extensions.Configuration;
using Xunit;

namespace Darkroom.Tests.Unit.Silo.Secrets;

public sealed class SecretFilesTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("darkroom-secrets-");

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public void Add_NoFolder_ChangesNothing() => Assert.Empty(new ConfigurationManager().AddSecretFiles().AsEnumerable());

    [Fact]
    public void Add_Files_AreSettingsBeforeAllOthers()
    {
        // As Kubernetes mounts a secret: the files lead to a hidden folder, which a change replaces.
        var data = folder.CreateSubdirectory("..2026_01_01");
        File.WriteAllText(Path.Combine(data.FullName, "Cluster__ConnectionString"), "Host=db;Password=a b\n");
        Directory.CreateSymbolicLink(Path.Combine(folder.FullName, "..data"), data.Name);
        File.CreateSymbolicLink(Path.Combine(folder.FullName, "Cluster__ConnectionString"), Path.Combine("..data", "Cluster__ConnectionString"));

        var configuration = Read(("Cluster:ConnectionString", "Host=elsewhere"), ("Cluster:ClusterId", "mine"));

        Assert.Equal("Host=db;Password=a b", configuration["Cluster:ConnectionString"]);
        Assert.Equal("mine", configuration["Cluster:ClusterId"]);
        Assert.Equal(["ClusterId", "ConnectionString"], configuration.GetSection("Cluster").GetChildren().Select(child => child.Key).Order());
    }

    [Fact]
    public void Add_MissingFolder_IsRefusedByName()
    {
        var missing = Path.Combine(folder.FullName, "nothing");
        var configuration = new ConfigurationManager { [SecretFiles.FolderKey] = missing };

        var error = Assert.Throws<SecretFilesException>(() => configuration.AddSecretFiles());

        Assert.Contains(missing, error.Message, StringComparison.Ordinal);
        Assert.Contains(SecretFiles.FolderKey, error.Message, StringComparison.Ordinal);
    }

    private ConfigurationManager Read(params (string Name, string Value)[] others)
    {
        var configuration = new ConfigurationManager { [SecretFiles.FolderKey] = folder.FullName };
        foreach (var (name, value) in others)
            configuration[name] = value;
        configuration.AddSecretFiles();
        return configuration;
    }
}
