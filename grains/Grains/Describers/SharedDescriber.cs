using Darkroom.Models.Describers;
using static TorchSharp.torch;

namespace Darkroom.Grains.Describers;

/// <summary>One describer that all models of a device use; it is freed with the last of them.</summary>
/// <param name="load">Loads it.</param>
internal sealed class SharedDescriber(Func<Device, IImageDescriber> load)
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, (IImageDescriber Describer, int Users)> loaded = new(StringComparer.Ordinal);

    /// <summary>Takes the describer of a device; called on its thread.</summary>
    /// <returns>A handle; disposing it gives the describer back.</returns>
    public IImageDescriber Take(Device device)
    {
        var key = device.ToString();
        lock (gate)
        {
            var (describer, users) = loaded.TryGetValue(key, out var found) ? found : (load(device), 0);
            loaded[key] = (describer, users + 1);
            return new Handle(this, key, describer);
        }
    }

    private void GiveBack(string key)
    {
        lock (gate)
        {
            var (describer, users) = loaded[key];
            if (users > 1)
            {
                loaded[key] = (describer, users - 1);
                return;
            }

            loaded.Remove(key);
            (describer as IDisposable)?.Dispose();
        }
    }

    private sealed class Handle(SharedDescriber owner, string key, IImageDescriber describer) : IImageDescriber, IDisposable
    {
        private int isDisposed;

        public int PatchSize => describer.PatchSize;

        public int OverviewSize => describer.OverviewSize;

        public ImageDescription Describe(Tensor overview, Tensor patches) => describer.Describe(overview, patches);

        public void Dispose()
        {
            if (Interlocked.Exchange(ref isDisposed, 1) == 0)
                owner.GiveBack(key);
        }
    }
}
